import type * as kubernetes from 'kubernetes-types/core/v1';
import type { Program } from './program';

/** What is added to the first container of a program, and to its pod. */
export interface Amendment {
  /** What its image would start otherwise. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** They take the place of those of the same names. */
  readonly env?: readonly kubernetes.EnvVar[];
  readonly volumeMounts?: readonly kubernetes.VolumeMount[];
  readonly volumes?: readonly kubernetes.Volume[];
}

/** A program with more in its first container. */
export function amended(program: Program, { command, args, ...more }: Amendment): Program {
  const { pod } = program;
  const [container, ...others] = pod.containers;
  const { env = [], volumeMounts = [], volumes = [] } = more;
  const names = new Set(env.map(({ name }) => name));
  return {
    ...program,
    pod: {
      ...pod,
      containers: [
        {
          ...container!,
          ...(command && { command: [...command] }),
          ...(args && { args: [...args] }),
          ...(env.length > 0 && { env: [...(container!.env ?? []).filter(({ name }) => !names.has(name)), ...env] }),
          ...(volumeMounts.length > 0 && { volumeMounts: [...(container!.volumeMounts ?? []), ...volumeMounts] }),
        },
        ...others,
      ],
      ...(volumes.length > 0 && { volumes: [...(pod.volumes ?? []), ...volumes] }),
    },
  };
}

/** A program with something changed in each of its containers. */
export function withEachContainer(
  program: Program,
  change: (container: kubernetes.Container) => kubernetes.Container,
): Program {
  const { pod } = program;
  return { ...program, pod: { ...pod, containers: pod.containers.map(change) } };
}
