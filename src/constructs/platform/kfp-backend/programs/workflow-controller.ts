import type { PolicyRule } from '../../../../components/definition';
import { controllerRules, ownRules, together } from '../../argo-backend/access';
import { CONFIGURATION } from '../../argo-backend/configuration';
import { env, LOOK, MANAGE, type Program, rule } from '../program';
import type { KfpSettings } from '../settings';

const NAME = 'workflow-controller';

/** Argo's controller, which makes the pods of runs. */
export function workflowController(settings: KfpSettings): Program {
  const { parity, release, multiUser } = settings;
  const hardened = release.confined || !parity;
  return {
    name: NAME,
    labels: { app: NAME },
    account: 'argo',
    access: [{ role: 'argo-role', binding: 'argo-binding', rules: parity ? UPSTREAM_RULES : ownRulesOf(settings) }],
    deploymentLabels: {},
    calls: ['kubernetes'],
    pod: {
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      ...(parity && { priorityClassName: NAME }),
      securityContext: { runAsNonRoot: true, ...(hardened && { seccompProfile: { type: 'RuntimeDefault' } }) },
      containers: [
        {
          name: NAME,
          image: settings.image('workflow-controller'),
          command: [NAME],
          args: [
            '--configmap',
            CONFIGURATION,
            '--executor-image',
            settings.image('argoexec'),
            ...(multiUser ? [] : ['--namespaced']),
          ],
          env: [
            ...(release.confined ? [env('TRANSIENT_ERROR_PATTERN', TRANSIENT)] : []),
            {
              name: 'LEADER_ELECTION_IDENTITY',
              valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } },
            },
          ],
          ports: [{ name: 'metrics', containerPort: 9090 }, { containerPort: 6060 }],
          livenessProbe: {
            httpGet: { path: '/healthz', port: 6060 },
            failureThreshold: 3,
            initialDelaySeconds: 90,
            periodSeconds: 60,
            timeoutSeconds: 30,
          },
          resources: { requests: { cpu: '100m', memory: '500Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
            runAsNonRoot: true,
            ...(hardened && { seccompProfile: { type: 'RuntimeDefault' } }),
          },
        },
      ],
    },
  };
}

/** What is tried again: pods that went because their node did. */
const TRANSIENT = '(?i)(imminent node shutdown|node is shutting down|preempt|evict|spot|pod deleted)';

function ownRulesOf({ multiUser }: KfpSettings): PolicyRule[] {
  return multiUser ? ownRules([]) : together(...ownRules([]), ...controllerRules(false, false));
}

/** Upstream's may read every Secret of the namespace. */
const UPSTREAM_RULES: readonly PolicyRule[] = [
  rule('coordination.k8s.io', ['leases'], ['create', 'get', 'update']),
  rule('', ['pods', 'pods/exec'], MANAGE),
  rule('', ['configmaps'], ['get', 'watch', 'list']),
  rule('', ['persistentvolumeclaims', 'persistentvolumeclaims/finalizers'], ['create', 'update', 'delete', 'get']),
  rule(
    'argoproj.io',
    ['workflows', 'workflows/finalizers', 'workflowtasksets', 'workflowtasksets/finalizers', 'workflowartifactgctasks'],
    MANAGE,
  ),
  rule('argoproj.io', ['workflowtemplates', 'workflowtemplates/finalizers'], LOOK),
  rule('argoproj.io', ['workflowtaskresults'], ['list', 'watch', 'deletecollection']),
  rule('', ['serviceaccounts'], ['get', 'list']),
  rule('', ['secrets'], ['get']),
  rule(
    'argoproj.io',
    ['cronworkflows', 'cronworkflows/finalizers'],
    ['get', 'list', 'watch', 'update', 'patch', 'delete'],
  ),
  rule('', ['events'], ['create', 'patch']),
  rule('policy', ['poddisruptionbudgets'], ['create', 'get', 'delete']),
];
