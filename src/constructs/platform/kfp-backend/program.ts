import type * as kubernetes from 'kubernetes-types/core/v1';
import type { PolicyRule } from '../../../components/definition';

type Labels = Readonly<Record<string, string>>;

/** The programs of KFP's backend, by the names of their Deployments. */
export type KfpProgram =
  | 'cache-deployer-deployment'
  | 'cache-server'
  | 'metadata-envoy-deployment'
  | 'metadata-grpc-deployment'
  | 'metadata-writer'
  | 'minio'
  | 'ml-pipeline'
  | 'ml-pipeline-persistenceagent'
  | 'ml-pipeline-scheduledworkflow'
  | 'ml-pipeline-ui'
  | 'ml-pipeline-viewer-crd'
  | 'ml-pipeline-visualizationserver'
  | 'mysql'
  | 'object-store-gateway'
  | 'seaweedfs'
  | 'workflow-controller';

/** Whom a program calls: another one, or who is none of ours. */
export type Callee = KfpProgram | 'kubernetes' | 'database' | 'object-store' | 'anywhere';

/** What an account may do. */
export interface Access {
  /** The name of the Role. */
  readonly role: string;
  /** The name of the RoleBinding. @default - the role's */
  readonly binding?: string;
  readonly rules: readonly PolicyRule[];
  /** Labels of both. @default - none */
  readonly labels?: Labels;
  /** Labels of the binding. @default - `labels` */
  readonly bindingLabels?: Labels;
  /** Whom it is given to. @default - the program's account */
  readonly subject?: Readonly<Record<string, string>>;
  /** True for a ClusterRole. @default false */
  readonly cluster?: boolean;
}

/** A Service of a program. */
export interface ProgramService {
  readonly name: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  /** In this order: webhooks find theirs by its place. */
  readonly ports: readonly kubernetes.ServicePort[];
}

/** One program: a Deployment, whom it runs as, what that account may do, and where it answers. */
export interface Program {
  readonly name: KfpProgram;
  /** What its pods are known by. */
  readonly labels: Labels;
  /** Labels of the Deployment. @default - `labels` */
  readonly deploymentLabels?: Labels;
  /** The name of its service account. @default - none, and no token */
  readonly account?: string;
  readonly accountLabels?: Labels;
  readonly accountAnnotations?: Labels;
  readonly access?: readonly Access[];
  readonly services?: readonly ProgramService[];
  readonly replicas?: number;
  /** True where two of it cannot live at the same time. */
  readonly recreate?: boolean;
  readonly podLabels?: Labels;
  readonly podAnnotations?: Labels;
  readonly pod: kubernetes.PodSpec;
  /** Whom it calls; nobody else, where network policies are on. */
  readonly calls: readonly Callee[];
}

/** Whom the pods of runs call: the driver and the launcher in them, and tasks that start other runs. */
export const CALLED_BY_RUNS: readonly KfpProgram[] = [
  'ml-pipeline',
  'metadata-grpc-deployment',
  'object-store-gateway',
];

/** The ports of a program's pods that its Services lead to. The webhooks' is Kubernetes' alone. */
export function portsOf({ services = [], pod }: Program): readonly number[] {
  const named = pod.containers.flatMap(({ ports = [] }) => ports);
  const numbers = services
    .flatMap(({ ports }) => ports)
    .map(({ port, targetPort = port }) =>
      typeof targetPort === 'number' ? targetPort : named.find(({ name }) => name === targetPort)?.containerPort,
    );
  return [...new Set(numbers)].filter((port) => port !== undefined).filter((port) => port !== WEBHOOK);
}

const WEBHOOK = 8443;

/** A variable with a text. */
export function env(name: string, value: string): kubernetes.EnvVar {
  return { name, value };
}

/** A variable with what a key of a Secret holds. */
export function envOfSecret(name: string, ref: { readonly name: string; readonly key: string }): kubernetes.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: ref.name, key: ref.key } } };
}

/** A variable with what a key of a ConfigMap holds, by default of `pipeline-install-config`. */
export function envOfConfig(name: string, key: string, optional = false): kubernetes.EnvVar {
  return { name, valueFrom: { configMapKeyRef: { name: INSTALL_CONFIG, key, ...(optional && { optional }) } } };
}

/** A variable with a field of the pod's. */
export function envOfField(name: string, fieldPath: string): kubernetes.EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/** The ConfigMap that the programs are told of the installation by. */
export const INSTALL_CONFIG = 'pipeline-install-config';

/** The verbs of who looks at objects. */
export const LOOK = ['get', 'list', 'watch'] as const;

/** The verbs of who changes objects that others make. */
export const CHANGE = [...LOOK, 'update', 'patch'] as const;

/** The verbs of whose objects they are. */
export const MANAGE = ['create', ...CHANGE, 'delete'] as const;

/** Lets the cluster's autoscaler take away the node of a pod, which a program without volumes survives. */
export const EVICTABLE = { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' } as const;

/** A rule of one API group. */
export function rule(apiGroup: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [apiGroup], resources, verbs };
}
