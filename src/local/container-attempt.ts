import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { INPUT_DIR, WORK_DIR } from '../argo/paths';
import { inputsByPath, outputPathOf } from '../components/container-files';
import type {
  ComponentDefinition,
  ContainerArgument,
  ContainerArguments,
  ContainerImplementation,
  ContainerReference,
  OptionalArguments,
} from '../components/definition';
import { isOptional } from '../components/optional-arguments';
import { memberOf } from '../graph/member';
import { ABSENT, decodeValue, encodeJson } from '../values/codec';
import { type Attempt, inputArtifacts, outputKey } from './attempt';
import { folderOf } from './instance';
import type { GroupCommand } from './process-group';
import { type ArtifactReference, decodeReference } from './reference';
import { imageOf, ownVariables } from './settings';
import { userEnvironment } from './user-environment';

/** A program that runs containers. */
export type ContainerEngine = 'docker' | 'podman';

/** The container engine that works on this machine; undefined where none does. */
export function findContainerEngine(): ContainerEngine | undefined {
  const works = (command: string, ...args: string[]) =>
    spawnSync(command, args, { stdio: 'ignore', env: process.env, timeout: 20_000 }).status === 0;
  if (works('docker', 'info')) return 'docker';
  return works('podman', '--version') ? 'podman' : undefined;
}

/** A container, and how to take what it wrote elsewhere than into the folders that it shares. */
export interface ContainerCommand extends Pick<GroupCommand, 'command' | 'args' | 'cwd' | 'env' | 'cleanup'> {
  /** Present where the container stays behind when it has ended, until it is cleaned up. */
  readonly collect?: () => void;
}

/** The command that runs a container component: inputs are mounted read-only, outputs are written to a mounted folder. */
export function containerCommand(
  attempt: Attempt,
  implementation: ContainerImplementation,
  engine: ContainerEngine,
): ContainerCommand {
  // Ids hold no underscore, so that no two instances share a name.
  const name = `${attempt.run}-${folderOf(attempt.key).replaceAll('/', '_')}-${attempt.number}`;
  const text = (argument: ContainerArgument) => argumentText(argument, attempt);
  const list = (all: ContainerArguments) => all.flatMap((each) => chosen(each, attempt)).map(text);
  const [entrypoint, ...more] = list(implementation.command);
  const env = {
    ...Object.fromEntries(Object.entries(implementation.env ?? {}).map(([key, value]) => [key, text(value)])),
    ...ownVariables(attempt.node.settings),
  };
  const elsewhere = Object.entries(implementation.outputPaths ?? {});
  const { uid, gid } = os.userInfo();
  const args = [
    ...['run', ...(elsewhere.length > 0 ? [] : ['--rm']), '--init', '--name', name, '--user', `${uid}:${gid}`],
    ...(engine === 'podman' && uid !== 0 ? ['--userns', 'keep-id'] : []),
    ...mount(attempt.workFolder, WORK_DIR, false),
    ...inputMounts(attempt),
    ...parameterFiles(attempt),
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
    imageOf(attempt.node.settings, implementation),
    ...more,
    ...list(implementation.args),
  ];
  // A container is no child of the engine's client: it outlives it where the client is killed.
  const cleanup = () =>
    void spawnSync(engine, ['rm', '--force', name], { stdio: 'ignore', env: process.env, timeout: 10_000 });
  const collect = () => {
    for (const [output, place] of elsewhere) {
      const to = path.join(attempt.workFolder, output);
      spawnSync(engine, ['cp', `${name}:${place}`, to], { stdio: 'ignore', env: process.env, timeout: 600_000 });
    }
  };
  const command = { command: engine, args, cwd: attempt.folder, env: userEnvironment(), cleanup };
  return { ...command, ...(elsewhere.length > 0 && { collect }) };
}

/** What an input's presence chooses. */
function chosen(argument: ContainerArgument | OptionalArguments, { inputs }: Attempt): readonly ContainerArgument[] {
  if (!isOptional(argument)) return [argument];
  const text = memberOf(inputs, argument.ifPresent) ?? ABSENT;
  return text === ABSENT || text === `${ABSENT}null` ? (argument.else ?? []) : argument.then;
}

function argumentText(argument: ContainerArgument, attempt: Attempt): string {
  if (typeof argument === 'string') return argument;
  return argument.parts.map((part) => (typeof part === 'string' ? part : referenceText(part, attempt))).join('');
}

function referenceText({ ref, name, member }: ContainerReference, attempt: Attempt): string {
  const { component, inputs, store } = attempt;
  switch (ref) {
    case 'input-path':
      return `${INPUT_DIR}/${name}`;
    case 'input-uri':
      return artifactText(attempt, name, ({ uri, key }) => uri ?? store.uriPrefix + key);
    case 'input-metadata':
      return artifactText(attempt, name, ({ metadata }) => metadataText(metadata, member));
    case 'output-path':
      return outputPathOf(component.implementation, name) ?? `${WORK_DIR}/${name}`;
    case 'output-uri':
      return store.uriPrefix + outputKey(attempt, name);
    case 'input-value':
      return rawInput(component, inputs, name);
  }
}

/** What is said of an input artifact; nothing where there is none. */
function artifactText({ inputs }: Attempt, name: string, say: (reference: ArtifactReference) => string): string {
  const text = memberOf(inputs, name) ?? ABSENT;
  return text.startsWith(ABSENT) ? '' : say(decodeReference(text));
}

/** Metadata as JSON; a member of it as it is where it is text. */
function metadataText(metadata: ArtifactReference['metadata'], member: string | undefined): string {
  if (member === undefined) return encodeJson(metadata);
  const value = memberOf(metadata, member);
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : encodeJson(value);
}

/** An input parameter as a program without the runtime takes it: a string as it is, JSON for any other type. */
export function rawInput(
  component: ComponentDefinition,
  inputs: Readonly<Record<string, string>>,
  name: string,
): string {
  const port = memberOf(component.inputs, name);
  const text = memberOf(inputs, name);
  if (port?.kind !== 'parameter') return text ?? '';
  // A default stands for what is absent, as in a Python component.
  const value =
    (text === undefined ? undefined : decodeValue(port.type, text)) ?? (text === undefined ? port.default : null);
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return typeof value === 'number' && text !== undefined ? text.replace(/^json:/, '') : encodeJson(value);
}

/** Links mean nothing inside of a container, so what they lead to is mounted. */
function inputMounts(attempt: Attempt): readonly string[] {
  return inputArtifacts(attempt).flatMap(({ name, reference }) => {
    const source = attempt.store.pathOf(reference.key);
    return reference.key !== '' && fs.existsSync(source)
      ? mount(fs.realpathSync(source), `${INPUT_DIR}/${name}`, true)
      : [];
  });
}

/** Parameters that the container reads from files. */
function parameterFiles(attempt: Attempt): readonly string[] {
  const { component, inputs, inputFolder } = attempt;
  return [...inputsByPath(component)].flatMap((name) => {
    if (memberOf(component.inputs, name)?.kind !== 'parameter') return [];
    const file = path.join(inputFolder, name);
    fs.writeFileSync(file, rawInput(component, inputs, name));
    return mount(file, `${INPUT_DIR}/${name}`, true);
  });
}

/** A mount, as the comma-separated record that both engines read. */
function mount(source: string, target: string, readOnly: boolean): readonly string[] {
  const fields = ['type=bind', `source=${path.resolve(source)}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])];
  return [
    '--mount',
    fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(','),
  ];
}
