import * as fs from 'node:fs';
import * as path from 'node:path';
import { isWrittenByUri } from '../components/container-files';
import type { ComponentDefinition, ParameterType } from '../components/definition';
import type { TaskNode } from '../graph/graph';
import { memberOf } from '../graph/member';
import { decodeValue, encodeValue } from '../values/codec';
import { folderOf } from './instance';
import { readIfPresent } from './read-if-present';
import { type ArtifactReference, encodeReference, placesOf } from './reference';
import type { Store } from './store';

/** One attempt at a task: its folder, and what it reads. */
export interface Attempt {
  readonly node: TaskNode;
  /** The key of the task's instance. */
  readonly key: string;
  readonly component: ComponentDefinition;
  readonly run: string;
  /** 1 for the first attempt. */
  readonly number: number;
  /** Texts of the inputs that have a value: parameters and references of artifacts. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly folder: string;
  /** `<name>` is a link to the input artifact of that name; a list is a folder of links. */
  readonly inputFolder: string;
  /** `artifacts/<name>` is written by user code, `outputs/<name>` are the texts of outputs; see {@link outputPath}. */
  readonly workFolder: string;
  readonly log: string;
  readonly store: Store;
}

/** Makes the folder of an attempt, with links to the artifacts that it reads: they are never copied. */
export function prepareAttempt(
  given: Pick<Attempt, 'node' | 'key' | 'component' | 'run' | 'number' | 'inputs' | 'store'>,
): Attempt {
  const folder = path.join(given.store.runFolder(given.run), folderOf(given.key), String(given.number));
  const attempt: Attempt = {
    ...given,
    folder,
    inputFolder: path.join(folder, 'inputs'),
    workFolder: path.join(folder, 'work'),
    log: path.join(folder, 'log.txt'),
  };
  fs.mkdirSync(attempt.inputFolder, { recursive: true });
  for (const folder of ['artifacts', 'outputs']) {
    fs.mkdirSync(path.join(attempt.workFolder, isContainer(attempt) ? '' : folder), { recursive: true });
  }
  fs.writeFileSync(attempt.log, '');
  for (const { name, reference } of inputArtifacts(attempt)) link(attempt, name, reference);
  return attempt;
}

/** The input artifacts that are present, each element of a list apart: `name` is the path below the inputs' folder. */
export function inputArtifacts(
  attempt: Pick<Attempt, 'component' | 'inputs' | 'node'>,
): readonly { readonly name: string; readonly reference: ArtifactReference }[] {
  return Object.entries(attempt.inputs).flatMap(([name, text]) =>
    memberOf(attempt.component.inputs, name)?.kind === 'artifact' && !isByReference(attempt, name)
      ? placesOf(text).map(({ place, reference }) => ({ name: path.posix.join(name, place), reference }))
      : [],
  );
}

/** Whether the program gets an input's URI alone, as on the engine. */
export function isByReference({ node }: Pick<Attempt, 'node'>, input: string): boolean {
  return node.settings.byReference?.includes(input) ?? false;
}

/** Where an output is written: the data of an artifact, or the text of a parameter. */
export function outputPath(attempt: Attempt, name: string): string {
  if (isContainer(attempt)) return path.join(attempt.workFolder, name);
  const folder = memberOf(attempt.component.outputs, name)?.kind === 'artifact' ? 'artifacts' : 'outputs';
  return path.join(attempt.workFolder, folder, name);
}

/** The storage key of an output artifact. */
export function outputKey(attempt: Attempt, name: string): string {
  return attempt.store.keyOf(outputPath(attempt, name));
}

/** A container, and what stands in for another program, writes its outputs into the work folder itself, as in its pod. */
function isContainer({ component }: Attempt): boolean {
  return component.implementation.kind !== 'python';
}

/**
 * The texts of the outputs that an attempt wrote by the runtime's contract.
 *
 * @throws where one of them is not of its declared type
 */
export function readOutputs(attempt: Attempt): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, port] of Object.entries(attempt.component.outputs)) {
    const text = readIfPresent(path.join(attempt.workFolder, 'outputs', name));
    if (text === undefined) continue;
    checkOutput(name, () => (port.kind === 'artifact' ? placesOf(text) : decodeValue(port.type, text)));
    texts[name] = text;
  }
  return texts;
}

/**
 * The texts of the outputs of a program that knows nothing of the contract: what it wrote is the value of a string, and
 * JSON for every other type. Its artifacts have no metadata.
 *
 * @throws where an output is not of its declared type, or a container did not write it
 */
export function readRawOutputs(attempt: Attempt): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, port] of Object.entries(attempt.component.outputs)) {
    const mayLack = port.optional || isWrittenByUri(attempt.component, name);
    if (isContainer(attempt) && !mayLack && !fs.existsSync(outputPath(attempt, name))) {
      throw new Error(`the container did not write its output '${name}'`);
    }
    if (port.kind === 'artifact') {
      texts[name] = encodeReference({ key: outputKey(attempt, name), type: port.type, metadata: {} });
      continue;
    }
    const raw = readIfPresent(outputPath(attempt, name));
    if (raw !== undefined) texts[name] = checkOutput(name, () => encodeRaw(port.type, raw));
  }
  return texts;
}

function encodeRaw(type: ParameterType, raw: string): string {
  // As the engine does, for programs that end their output as a line.
  return encodeValue(type, type === 'STRING' ? raw.replace(/\n$/, '') : decodeValue(type, raw.trim()));
}

function checkOutput<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`output '${name}': ${(error as Error).message}`);
  }
}

function link(attempt: Attempt, name: string, reference: ArtifactReference): void {
  // An imported artifact may be elsewhere than on this machine.
  if (reference.key === '') return;
  const target = attempt.store.pathOf(reference.key);
  // An artifact that is metadata alone may have no data to link to.
  if (!fs.existsSync(target)) return;
  const file = path.join(attempt.inputFolder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.symlinkSync(target, file);
}
