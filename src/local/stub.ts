import * as fs from 'node:fs';
import * as path from 'node:path';
import { isWrittenByUri } from '../components/container-files';
import type { Json } from '../components/definition';
import { memberOf } from '../graph/member';
import { decodeValue, encodeValue } from '../values/codec';
import { type Attempt, outputKey, outputPath } from './attempt';
import { rawInput } from './container-attempt';
import { namesOf } from './instance';
import type { LocalArtifact } from './local-run';
import type { GroupCommand } from './process-group';
import { contractEnvironment } from './python-attempt';
import { encodeReference, isReferenceList, placesOf } from './reference';

/** What a stub is called with. */
export interface StubCall {
  /** The key of the task's instance: its id, and more inside of loops and called pipelines. */
  readonly task: string;
  /** Inputs that have a value: values of parameters, artifacts (their data is at `path`), lists of artifacts. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what its own pipeline passes
  readonly inputs: Readonly<Record<string, any>>;
  /** Output artifacts: write their data to `path`, and into `metadata`, as `log_metric` does. */
  readonly outputs: Readonly<Record<string, StubArtifact>>;
}

/** An output artifact in the hands of a stub. */
export interface StubArtifact extends Omit<LocalArtifact, 'metadata'> {
  readonly metadata: Record<string, Json>;
}

/**
 * Stands in for a task's component. It returns the values of output parameters by name (`{ Output: 0.9 }`), or nothing;
 * a thrown error fails the attempt. Where that has a number `exitCode`, it is the program's, which retries may ask for.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a stub without output parameters returns nothing
export type Stub = (call: StubCall) => StubResult | void | Promise<StubResult | void>;

/** Values of output parameters, by name. */
export type StubResult = Readonly<Record<string, Json | undefined>>;

/**
 * Calls a stub.
 *
 * @returns the texts of the outputs
 * @throws what the stub throws, and where it returns what the component cannot
 */
export async function callStub(stub: Stub, attempt: Attempt): Promise<Readonly<Record<string, string>>> {
  const { component, store } = attempt;
  const inputs: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(attempt.inputs)) {
    const port = memberOf(component.inputs, name);
    if (port?.kind !== 'artifact') inputs[name] = port && decodeValue(port.type, text);
    else {
      const artifacts = placesOf(text).map(({ reference }) => localArtifact(reference, attempt));
      inputs[name] = isReferenceList(text) ? artifacts : artifacts[0];
    }
  }
  const outputs: Record<string, StubArtifact> = {};
  for (const [name, port] of Object.entries(component.outputs)) {
    if (port.kind !== 'artifact') continue;
    const key = outputKey(attempt, name);
    outputs[name] = { path: outputPath(attempt, name), uri: store.uriPrefix + key, type: port.type, metadata: {} };
  }
  const returned = (await stub({ task: attempt.key, inputs, outputs })) ?? {};
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(returned)) {
    const port = memberOf(component.outputs, name);
    if (port?.kind !== 'parameter') {
      const known = Object.keys(component.outputs).filter((output) => component.outputs[output]?.kind === 'parameter');
      throw new Error(
        `the stub returned '${name}', which is no output parameter of ${component.name}` +
          (known.length > 0 ? `; those are ${known.join(', ')}` : ', which has none'),
      );
    }
    if (value === undefined) continue;
    texts[name] = encodeValue(port.type, value);
    // What a component could not write, a stub must not write either.
    decodeValue(port.type, texts[name]);
  }
  if (component.implementation.kind === 'container') {
    // What the engine refuses of a container, it would refuse of what stands in for it.
    const missing = Object.entries(component.outputs).filter(([name, port]) =>
      port.kind === 'artifact'
        ? !port.optional && !isWrittenByUri(component, name) && !fs.existsSync(outputPath(attempt, name))
        : memberOf(texts, name) === undefined,
    );
    if (missing.length > 0) {
      throw new Error(
        `the stub gave no ${missing.map(([name]) => `'${name}'`).join(', ')}: a container must write every output`,
      );
    }
  }
  for (const [name, { type, metadata }] of Object.entries(outputs)) {
    texts[name] = encodeReference({ key: outputKey(attempt, name), type, metadata });
  }
  return texts;
}

/** An artifact of a reference, where it lies on this machine. */
export function localArtifact(
  reference: {
    readonly key: string;
    readonly type: string;
    readonly uri?: string;
    readonly metadata: Readonly<Record<string, Json>>;
  },
  { store }: Pick<Attempt, 'store'>,
): LocalArtifact {
  return {
    path: reference.key === '' ? '' : store.pathOf(reference.key),
    uri: reference.uri ?? store.uriPrefix + reference.key,
    type: reference.type,
    metadata: reference.metadata,
  };
}

/**
 * The command of a stub that is a program: a `.py` file runs with the task's Python, anything else is executed. It gets
 * each input parameter's raw text as `INPUT_<name>`, each input artifact's path as `INPUT_<name>`, and the path at which
 * to write each output as `OUTPUT_<name>`, beside the runtime's own variables.
 */
export function stubCommand(
  attempt: Attempt,
  file: string,
  python: string,
): Pick<GroupCommand, 'command' | 'args' | 'cwd' | 'env'> {
  const env = contractEnvironment(attempt);
  for (const name of Object.keys(attempt.inputs)) {
    const isArtifact = memberOf(attempt.component.inputs, name)?.kind === 'artifact';
    env[`INPUT_${name}`] = isArtifact
      ? path.join(attempt.inputFolder, name)
      : rawInput(attempt.component, attempt.inputs, name);
  }
  for (const name of Object.keys(attempt.component.outputs)) env[`OUTPUT_${name}`] = outputPath(attempt, name);
  const [command, args] = file.endsWith('.py') ? [python, [path.resolve(file)]] : [path.resolve(file), []];
  return { command, args, cwd: attempt.workFolder, env };
}

/** What stands in for a task: the stub of this instance, of all in its place, of its id, or of its component. */
export function stubOf(
  task: { readonly key?: string; readonly id: string; readonly component: string },
  stubs: Readonly<Record<string, Stub | string>>,
): Stub | string | undefined {
  return [...namesOf(task.key ?? task.id, task.id), task.component]
    .map((name) => memberOf(stubs, name))
    .find((stub) => stub !== undefined);
}

/** Whether a stub's program can be run. */
export function isRunnable(file: string): boolean {
  try {
    fs.accessSync(file, file.endsWith('.py') ? fs.constants.R_OK : fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
