import type { ParallelFor } from '../../constructs/parallel-for';
import { memberOf } from '../../graph/member';
import { oneOf } from '../../values/one-of';
import { Value } from '../../values/value';
import type { IrDag } from '../ir/types';

/** An output of a task, as what stands beside the task reads it. */
export interface Given {
  /** A value of the run; undefined where it could not be found. */
  readonly value: unknown;
  /** True for the list that a loop gives: KFP joins such lists where a loop around collects them. */
  readonly isCollected: boolean;
  /** True where the task is in a branch, and the reader may not be. */
  readonly isConditional?: boolean;
}

/** Where an output of a DAG comes from: one task, or the one of several that ran. */
export interface OutputSource {
  readonly producer: string;
  readonly output: string;
}

/** The tasks that an output of a DAG is one of; undefined where the DAG has no such output. */
export function sourcesOfOutput({ outputs = {} }: IrDag, name: string): readonly OutputSource[] | undefined {
  const parameter = memberOf(outputs.parameters ?? {}, name);
  if (parameter) {
    const { valueFromParameter, valueFromOneof } = parameter;
    const selectors = valueFromParameter ? [valueFromParameter] : (valueFromOneof?.parameterSelectors ?? []);
    return selectors.map(({ producerSubtask, outputParameterKey }) => ({
      producer: producerSubtask,
      output: outputParameterKey,
    }));
  }
  const artifact = memberOf(outputs.artifacts ?? {}, name);
  return artifact?.artifactSelectors?.map(({ producerSubtask, outputArtifactKey }) => ({
    producer: producerSubtask,
    output: outputArtifactKey,
  }));
}

/** The branches of an If, by their keys, and whether one of them is taken in any case. */
export interface BranchChain {
  readonly keys: ReadonlySet<string>;
  readonly isComplete: boolean;
}

/** Why an output of several tasks is not what the branch gives that is taken; undefined where it is. */
export function choiceProblem(sources: readonly OutputSource[], chain: BranchChain | undefined): string | undefined {
  const producers = new Set(sources.map(({ producer }) => producer));
  const what = `is what one of ${[...producers].map((key) => `'${key}'`).join(', ')} gives`;
  if (!chain) return `${what}, and these tasks are not the branches of one If`;
  if (!chain.isComplete) return `${what}, and there is no Else, so that none of the branches may be taken`;
  const isWhole = producers.size === chain.keys.size && [...producers].every((key) => chain.keys.has(key));
  return isWhole ? undefined : `${what}, and it has no value from some of the branches`;
}

/** What the iterations of a loop give, as KFP's backend has it: lists of loops inside of it are joined. */
export function collectedBy(loop: ParallelFor, { value, isCollected }: Given): Given {
  if (!(value instanceof Value)) return { value: undefined, isCollected: true };
  const list = isCollected
    ? loop.collect(value as Value<readonly unknown[]>, { flat: true })
    : loop.collect(value as Value<unknown>);
  return { value: list, isCollected: true };
}

/** What the branch gives that is taken. */
export function joined(given: readonly Given[]): Given {
  const [first, ...others] = given.map(({ value }) => value as Value<unknown>);
  return { value: oneOf(first!, ...others), isCollected: given.some(({ isCollected }) => isCollected) };
}
