import type * as kubernetes from 'kubernetes-types/core/v1';
import { secretReferences } from '../secret-reference';
import { unshared } from '../unshared';
import type { ImageOptions } from './images';

/** Amounts of CPU and memory, as Kubernetes writes them. */
export interface WorkloadResources {
  readonly requests?: { readonly [resource: string]: string } | undefined;
  readonly limits?: { readonly [resource: string]: string } | undefined;
}

/** What may be said of each Deployment of a backend. */
export interface WorkloadOptions {
  /** @default 1 */
  readonly replicas?: number | undefined;
  /** CPU and memory. @default - what suits a small team */
  readonly resources?: WorkloadResources | undefined;
  /** Labels that a node must have. @default - it runs Linux */
  readonly nodeSelector?: { readonly [label: string]: string } | undefined;
  /** Taints it puts up with. @default - none */
  readonly tolerations?: readonly kubernetes.Toleration[] | undefined;
  /** @default - none */
  readonly affinity?: kubernetes.Affinity | undefined;
  /** A PriorityClass that exists. @default - none */
  readonly priorityClassName?: string | undefined;
  /** More environment variables: proxies, for example. @default - none */
  readonly env?: { readonly [name: string]: string } | undefined;
  /** Labels of the pods. @default - its name alone */
  readonly labels?: { readonly [label: string]: string } | undefined;
  /** Annotations of the pods. @default - none */
  readonly annotations?: { readonly [annotation: string]: string } | undefined;
}

/** One program of a backend. */
export interface Workload {
  readonly name: string;
  readonly image: string;
  readonly serviceAccount?: string;
  readonly container: Partial<kubernetes.Container>;
  readonly volumes?: readonly kubernetes.Volume[];
  readonly podSecurity?: kubernetes.PodSecurityContext;
  /** True where only one pod may use its volume at a time. */
  readonly recreate?: boolean;
  readonly resources: WorkloadResources;
}

/** The fields of a program's Deployment. Its pod obeys PodSecurity's "restricted". */
export function deployment(
  { name, image, serviceAccount, container, volumes, podSecurity, recreate, resources }: Workload,
  options: WorkloadOptions,
  images: ImageOptions,
): Record<string, unknown> {
  const labels = { 'app.kubernetes.io/name': name };
  const { replicas = 1, env = {}, nodeSelector, tolerations, affinity, priorityClassName, annotations } = options;
  const own = container.env ?? [];
  const more = Object.entries(env).map(([key, value]) => ({ name: key, value }));
  const variables = [...own.filter(({ name: key }) => !Object.hasOwn(env, key)), ...more];
  const secrets = secretReferences(images.pullSecrets ?? []);
  return {
    spec: {
      replicas,
      selector: { matchLabels: { ...labels } },
      ...(recreate && { strategy: { type: 'Recreate' } }),
      template: {
        metadata: { labels: { ...options.labels, ...labels }, ...(annotations && { annotations: { ...annotations } }) },
        spec: {
          ...(serviceAccount === undefined
            ? { automountServiceAccountToken: false }
            : { serviceAccountName: serviceAccount }),
          ...(secrets.length > 0 && { imagePullSecrets: secrets }),
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...podSecurity },
          nodeSelector: { 'kubernetes.io/os': 'linux', ...nodeSelector },
          ...(tolerations && { tolerations: unshared(tolerations) }),
          ...(affinity && { affinity: unshared(affinity) }),
          ...(priorityClassName !== undefined && { priorityClassName }),
          containers: [
            {
              name,
              image,
              ...(images.pullPolicy && { imagePullPolicy: images.pullPolicy }),
              ...container,
              ...(variables.length > 0 && { env: variables }),
              resources: unshared(options.resources ?? resources),
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
          ...(volumes && { volumes: [...volumes] }),
        },
      },
    },
  };
}
