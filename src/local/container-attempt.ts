import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { INPUT_DIR, WORK_DIR } from '../argo/paths';
import type {
  ComponentDefinition,
  ContainerArgument,
  ContainerImplementation,
  ContainerReference,
} from '../components/definition';
import { memberOf } from '../graph/member';
import { decodeValue, encodeJson } from '../values/codec';
import { type Attempt, inputArtifacts } from './attempt';
import { folderOf } from './instance';
import type { GroupCommand } from './process-group';
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

/** The command that runs a container component: inputs are mounted read-only, outputs are written to a mounted folder. */
export function containerCommand(
  attempt: Attempt,
  implementation: ContainerImplementation,
  engine: ContainerEngine,
): Pick<GroupCommand, 'command' | 'args' | 'cwd' | 'env' | 'cleanup'> {
  // Ids hold no underscore, so that no two instances share a name.
  const name = `${attempt.run}-${folderOf(attempt.key).replaceAll('/', '_')}-${attempt.number}`;
  const text = (argument: ContainerArgument) => argumentText(argument, attempt);
  const [entrypoint, ...command] = implementation.command.map(text);
  const env = {
    ...Object.fromEntries(Object.entries(implementation.env ?? {}).map(([key, value]) => [key, text(value)])),
    ...ownVariables(attempt.node.settings),
  };
  const { uid, gid } = os.userInfo();
  const args = [
    ...['run', '--rm', '--init', '--name', name, '--user', `${uid}:${gid}`],
    ...(engine === 'podman' && uid !== 0 ? ['--userns', 'keep-id'] : []),
    ...mount(attempt.workFolder, WORK_DIR, false),
    ...inputMounts(attempt),
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
    imageOf(attempt.node.settings, implementation),
    ...command,
    ...implementation.args.map(text),
  ];
  // A container is no child of the engine's client: it outlives it where the client is killed.
  const cleanup = () =>
    void spawnSync(engine, ['rm', '--force', name], { stdio: 'ignore', env: process.env, timeout: 10_000 });
  return { command: engine, args, cwd: attempt.folder, env: userEnvironment(), cleanup };
}

function argumentText(argument: ContainerArgument, attempt: Attempt): string {
  if (typeof argument === 'string') return argument;
  return argument.parts.map((part) => (typeof part === 'string' ? part : referenceText(part, attempt))).join('');
}

function referenceText(reference: ContainerReference, attempt: Attempt): string {
  const { component, inputs } = attempt;
  switch (reference.ref) {
    case 'input-path':
      return `${INPUT_DIR}/${reference.name}`;
    case 'output-path':
      return `${WORK_DIR}/${reference.name}`;
    case 'input-value':
      return rawInput(component, inputs, reference.name);
  }
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

/** A mount, as the comma-separated record that both engines read. */
function mount(source: string, target: string, readOnly: boolean): readonly string[] {
  const fields = ['type=bind', `source=${path.resolve(source)}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])];
  return [
    '--mount',
    fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(','),
  ];
}
