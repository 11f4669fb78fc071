import type { WorkloadOptions } from '../backend/workload';
import { secretReferences } from '../secret-reference';
import type { KfpObject } from './object';
import type { Program } from './program';
import type { KfpSettings } from './settings';

/** Puts each of our programs where it was asked to be: how many of it, on which nodes, with what, and from which registry. */
export function placed(program: Program, { parity, props }: KfpSettings): Program {
  if (parity) return program;
  const options: WorkloadOptions = props.programs?.[program.name] ?? {};
  const { replicas = program.replicas, priorityClassName = props.priorityClassName } = options;
  const { pullSecrets = [], pullPolicy } = props.images ?? {};
  const { pod } = program;
  return {
    ...program,
    ...(replicas !== undefined && { replicas }),
    podLabels: { ...program.podLabels, ...options.labels },
    ...((program.podAnnotations || options.annotations) && {
      podAnnotations: { ...program.podAnnotations, ...options.annotations },
    }),
    pod: {
      ...pod,
      // Who may do nothing in the cluster needs nothing to show to it.
      ...((program.access ?? []).length === 0 && { automountServiceAccountToken: false }),
      ...(pullSecrets.length > 0 && { imagePullSecrets: secretReferences(pullSecrets) }),
      nodeSelector: { 'kubernetes.io/os': 'linux', ...pod.nodeSelector, ...options.nodeSelector },
      ...(options.tolerations && { tolerations: [...options.tolerations] }),
      ...(options.affinity && { affinity: options.affinity }),
      ...(priorityClassName !== undefined && { priorityClassName }),
      ...(pullPolicy &&
        pod.initContainers && {
          initContainers: pod.initContainers.map((each) => ({ ...each, imagePullPolicy: pullPolicy })),
        }),
      containers: pod.containers.map((container) => ({
        ...container,
        ...(pullPolicy && { imagePullPolicy: pullPolicy }),
        ...(options.env && { env: [...withoutNames(container.env, options.env), ...variables(options.env)] }),
        ...(options.resources && { resources: options.resources }),
      })),
    },
  };
}

type Variables = NonNullable<WorkloadOptions['env']>;

function variables(env: Variables) {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}

/** Kubernetes takes the last of two variables of one name; one is easier to read. */
function withoutNames<T extends { readonly name: string }>(own: readonly T[] = [], env: Variables): readonly T[] {
  return own.filter(({ name }) => !Object.hasOwn(env, name));
}

/** When nodes are drained, one pod of each program that has several stays. */
export function budgets({ parity }: KfpSettings, programs: readonly Program[]): readonly KfpObject[] {
  if (parity) return [];
  return programs
    .filter(({ replicas = 1 }) => replicas > 1)
    .map(({ name, labels }) => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      name,
      fields: { spec: { minAvailable: 1, selector: { matchLabels: { ...labels } } } },
    }));
}
