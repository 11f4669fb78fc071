import type { RunField } from './expression';
import { Value } from './value';

/** Facts about the run that a pipeline is executed by. */
export interface RunFacts {
  /** The run's name: the name of its Workflow. */
  readonly name: Value<string>;
  /** The run's unique id. */
  readonly id: Value<string>;
  /** The namespace it runs in. */
  readonly namespace: Value<string>;
  /** When it was created, as RFC 3339 text. */
  readonly creationTime: Value<string>;
  /** When it was due by its schedule, as RFC 3339 text; for a run without one, when it was created. */
  readonly scheduledTime: Value<string>;
}

/** The facts of whichever run reads them. */
export function runFacts(): RunFacts {
  return {
    name: runFact('name'),
    id: runFact('id'),
    namespace: runFact('namespace'),
    creationTime: runFact('creationTime'),
    scheduledTime: runFact('scheduledTime'),
  };
}

/** One of them. */
export function runFact(field: RunField): Value<string> {
  return Value.of<string>({ kind: 'run', field, type: 'STRING' });
}
