import type * as kubernetes from 'kubernetes-types/core/v1';
import { amended } from './amend';
import { acrossNamespaces, REVIEWS } from './multi-user-access';
import type { KfpMultiUser } from './multi-user-props';
import { type Access, env, type KfpProgram, type Program } from './program';
import type { KfpSettings } from './settings';

/** Who the pods of runs are in each team's namespace, where a run does not say. KFP and Kubeflow know it by this name. */
export const TEAM_RUNNER = 'default-editor';

/** What the namespace of a team is known by: to Kubeflow, and to policies that let its runs in. */
export const TEAM_LABEL = { 'app.kubernetes.io/part-of': 'kubeflow-profile' } as const;

/** What each key of the object store that belongs to a team begins with. */
export function teamFolder(namespace: string): string {
  return `private-artifacts/${namespace}`;
}

/** By what requests tell who sends them, decided. */
export interface KfpIdentity {
  /** In lower case, as HTTP/2 has it. */
  readonly header: string;
  readonly prefix: string;
  readonly gateway: string;
  readonly principal: string;
}

/** By what requests tell who sends them. What is none of it is refused by `multi-user-problems.ts`. */
export function identityOf({ istio, userIdHeader, userIdPrefix }: KfpMultiUser): KfpIdentity {
  const { gateway, principal } = istio ?? {};
  return {
    header: String(userIdHeader ?? 'kubeflow-userid').toLowerCase(),
    prefix: String(userIdPrefix ?? ''),
    gateway: String(gateway ?? 'kubeflow/kubeflow-gateway'),
    principal: String(principal ?? 'cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account'),
  };
}

/** Lets a program work for all teams: it looks at all namespaces, and asks Kubernetes what a person may do. */
export function withMultiUser(program: Program, settings: KfpSettings): Program {
  const { multiUser, release } = settings;
  if (!multiUser) return program;
  const { podLabels, podAnnotations, access = [] } = program;
  const isBlind = program.name === 'ml-pipeline-ui' && !release.uiAsks;
  const webhook = program.name === 'cache-server' || (program.name === 'ml-pipeline' && settings.kubernetesNative);
  const told = amended(program, { env: variables(program.name, multiUser) });
  return {
    ...(isBlind ? withoutSecrets(told) : told),
    access: isBlind
      ? acrossNamespaces(program.name, access.map(withoutReading), settings)
      : acrossNamespaces(program.name, [...access, ...(program.name === 'ml-pipeline' ? [REVIEWS] : [])], settings),
    // Without its sidecar it would believe everybody who says who they are, whatever the label of the namespace.
    ...(GUARDED.includes(program.name) && { podLabels: { ...podLabels, 'sidecar.istio.io/inject': 'true' } }),
    // Kubernetes calls the webhook, by its own TLS and without an identity of Istio's.
    ...(webhook && { podAnnotations: { ...podAnnotations, 'traffic.sidecar.istio.io/excludeInboundPorts': '8443' } }),
  };
}

/** What policies of Istio guard. */
export const GUARDED: readonly KfpProgram[] = ['ml-pipeline', 'ml-pipeline-ui', 'metadata-grpc-deployment'];

function variables(program: KfpProgram, multiUser: KfpMultiUser): kubernetes.EnvVar[] {
  const { header, prefix } = identityOf(multiUser);
  const identity = [env('KUBEFLOW_USERID_HEADER', header), env('KUBEFLOW_USERID_PREFIX', prefix)];
  switch (program) {
    case 'ml-pipeline':
      return [
        env('MULTIUSER', 'true'),
        env('MULTIUSER_SHARED_READ', String(multiUser.sharedRead === true)),
        // Whoever says nothing of a namespace could otherwise upload a pipeline for everybody, and not say who they are.
        env('REQUIRE_NAMESPACE_FOR_PIPELINES', 'true'),
        env('DEFAULTPIPELINERUNNERSERVICEACCOUNT', TEAM_RUNNER),
        ...identity,
        env('TOKEN_REVIEW_AUDIENCE', 'pipelines.kubeflow.org'),
        // Asked for a team's visualisation, it would end without them.
        env('VISUALIZATIONSERVICE_NAME', 'ml-pipeline-visualizationserver'),
        env('VISUALIZATIONSERVICE_PORT', '8888'),
      ];
    case 'ml-pipeline-ui':
      return [
        env('DEPLOYMENT', 'KUBEFLOW'),
        env('ENABLE_AUTHZ', 'true'),
        ...identity,
        // An artifact is shown to a team whose run made it. Of one that no run is known to have made, KFP's default looks at
        // the beginning of its key; this shows it to nobody.
        env('ARTIFACT_NAMESPACE_OWNERSHIP_MODE', 'mlmd-only'),
      ];
    // Empty, they are all namespaces.
    case 'ml-pipeline-persistenceagent':
    case 'ml-pipeline-scheduledworkflow':
    case 'ml-pipeline-viewer-crd':
      return [env('NAMESPACE', '')];
    case 'cache-server':
    case 'metadata-writer':
      return [env('NAMESPACE_TO_WATCH', '')];
    default:
      return [];
  }
}

/** A program without what Secrets hold: it would show everybody what it can read by it. */
function withoutSecrets(program: Program): Program {
  const variables = program.pod.containers.flatMap((container) => container.env ?? []);
  const secret = variables.filter(({ valueFrom }) => valueFrom?.secretKeyRef);
  return amended(program, { env: secret.map(({ name }) => env(name, '')) });
}

/** No right but to viewers, before which even the older user interface asks. */
function withoutReading(access: Access): Access {
  return { ...access, rules: access.rules.filter(({ resources }) => resources.includes('viewers')) };
}
