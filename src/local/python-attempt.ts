import * as fs from 'node:fs';
import * as path from 'node:path';
import { componentSpec } from '../argo/component-template';
import type { PythonImplementation } from '../components/definition';
import { shippedFile, shippedName, shippedTexts } from '../components/shipped-texts';
import { type Attempt, isByReference, outputKey } from './attempt';
import type { GroupCommand } from './process-group';
import { ownVariables } from './settings';
import { userEnvironment } from './user-environment';

/** The folder of the Python package that runs components, beside this one in `src/` and in `lib/` alike. */
export const RUNTIME = path.join(__dirname, '..', 'runtime');

/** The command that runs a Python component by the runtime's contract. */
export function pythonCommand(
  attempt: Attempt,
  implementation: PythonImplementation,
  python: string,
  runtime: string,
): Pick<GroupCommand, 'command' | 'args' | 'cwd' | 'env'> {
  const source = path.join(attempt.folder, shippedFile(shippedName(implementation)));
  for (const [name, text] of Object.entries(shippedTexts(implementation))) {
    fs.writeFileSync(path.join(attempt.folder, shippedFile(name)), text);
  }
  const inherited = contractEnvironment(attempt);
  const env = {
    ...inherited,
    KFP_COMPONENT: componentSpec(attempt.component, implementation, { inputs: byReference(attempt) }),
    KFP_SOURCE: source,
    KFP_SKIP_INSTALL: '1',
    PYTHONUNBUFFERED: '1',
    // Console scripts of the component's packages are found as they are in a pod.
    PATH: [path.dirname(python), inherited.PATH ?? ''].join(path.delimiter),
  };
  return { command: python, args: [path.join(runtime, 'launch.py')], cwd: attempt.workFolder, env };
}

/** Volumes are the cluster's: here all artifacts are in the store, and those that are not fetched there are not linked here. */
function byReference(attempt: Attempt): Readonly<Record<string, { readonly byReference: true }>> {
  const names = Object.keys(attempt.inputs).filter((name) => isByReference(attempt, name));
  return Object.fromEntries(names.map((name) => [name, { byReference: true }]));
}

/** The environment of an attempt: the task's own variables, its inputs and its folders. */
export function contractEnvironment(attempt: Attempt): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...userEnvironment(), ...ownVariables(attempt.node.settings) };
  for (const [name, text] of Object.entries(attempt.inputs)) env[`KFP_INPUT_${name}`] = text;
  for (const [name, port] of Object.entries(attempt.component.outputs)) {
    if (port.kind === 'artifact') env[`KFP_KEY_${name}`] = outputKey(attempt, name);
  }
  return {
    ...env,
    KFP_INPUTS_DIR: attempt.inputFolder,
    KFP_WORK_DIR: attempt.workFolder,
    KFP_URI_PREFIX: attempt.store.uriPrefix,
    KFP_RUN_NAME: attempt.run,
    KFP_TASK_NAME: attempt.key,
    KFP_ATTEMPT: String(attempt.number),
    KFP_TERMINATION_LOG: terminationLog(attempt),
  };
}

/** The file that gets a failure's message. */
export function terminationLog(attempt: Attempt): string {
  return path.join(attempt.folder, 'termination-log');
}
