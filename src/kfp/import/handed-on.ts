import type { Json, Passthrough } from '../../components/definition';
import type { IrPath } from '../ir/message';
import { pointer } from '../ir/passthrough';
import { inputsIn } from '../ir/placeholders';
import type { IrComponent, IrContainer, IrTask } from '../ir/types';
import type { ExecutorConfig } from './platform-types';

/** What a field of KFP's TaskConfig is made of: parts of the container, and of what Kubernetes is told. */
const PARTS: Readonly<
  Record<string, { readonly container?: keyof IrContainer; readonly config?: readonly (keyof ExecutorConfig)[] }>
> = {
  RESOURCES: { container: 'resources' },
  ENV: { container: 'env', config: ['secretAsEnv', 'configMapAsEnv', 'fieldPathAsEnv'] },
  KUBERNETES_AFFINITY: { config: ['nodeAffinity', 'podAffinity'] },
  KUBERNETES_TOLERATIONS: { config: ['tolerations'] },
  KUBERNETES_NODE_SELECTOR: { config: ['nodeSelector'] },
  KUBERNETES_VOLUMES: { config: ['pvcMount', 'secretAsVolume', 'configMapAsVolume'] },
};

/** What a task hands on, as the document has it. */
export interface HandedOn {
  /** It goes back into the document that the pipeline is exported to: the task's own pod is not told of it. */
  readonly kfp: Passthrough;
  /** The fields that are not written back, because they read what the exported document may call otherwise. */
  readonly lost: readonly string[];
}

/** What is handed on, and not asked of the task's own pod. */
export function handedOn(
  { taskConfigPassthroughs = [] }: IrComponent,
  container: IrContainer,
  config: ExecutorConfig,
  task: IrTask,
  path: IrPath,
): HandedOn {
  const kfp: Record<string, Json> = {};
  const lost: string[] = [];
  const keep = (place: string, field: string, value: unknown) => {
    if (value === undefined) return;
    const text = JSON.stringify(value);
    // References of the outermost DAG are its parameters, and its tasks, which keep their names.
    const isFree = !/"(componentInputParameter|taskOutputParameter)":|\{\{\$/.test(text);
    if (!isFree && path[1] !== 'root') {
      lost.push(field);
      return;
    }
    kfp[place] = value as Json;
    for (const name of inputsIn(text)) {
      const source = task.inputs?.parameters?.[name];
      if (source) kfp[pointer(['task', 'inputs', 'parameters', name])] = source as Json;
    }
  };
  for (const { field, applyToTask } of taskConfigPassthroughs) {
    if (applyToTask || !Object.hasOwn(PARTS, field)) continue;
    const part = PARTS[field]!;
    if (part.container) keep(`/executor/container/${part.container}`, part.container, container[part.container]);
    for (const name of part.config ?? []) keep(`/platform/${name}`, name, config[name]);
  }
  return { kfp, lost };
}
