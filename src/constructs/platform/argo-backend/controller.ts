import type { BackendObjects } from '../backend/objects';
import { databaseSecrets } from '../database';
import { controllerRules, ownRules } from './access';
import { CONFIGURATION, METRICS_PORT } from './configuration';
import { argoImage } from './images';
import type { ArgoBackendProps } from './props';
import { addRoles, scopeArguments } from './scope';

const NAME = 'workflow-controller';

/** Argo's controller: it makes the pods of workflows. */
export function addController(
  objects: BackendObjects,
  account: string,
  version: string,
  props: ArgoBackendProps,
): void {
  const { metrics = {}, controller = {}, database, images = {}, scope, caching = true } = props;
  objects.account('ControllerAccount', account);
  addRoles(objects, 'Controller', account, scope, {
    own: ownRules(database ? databaseSecrets(database).map(({ name }) => name) : []),
    work: controllerRules(scope === 'cluster', caching),
  });
  objects.deployment(
    'Controller',
    {
      name: NAME,
      image: argoImage(NAME, version, images),
      serviceAccount: account,
      resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '2Gi' } },
      container: {
        command: [NAME],
        args: [
          '--configmap',
          CONFIGURATION,
          '--executor-image',
          argoImage('argoexec', version, images),
          ...scopeArguments(scope),
        ],
        env: [{ name: 'LEADER_ELECTION_IDENTITY', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        ports: [
          ...(metrics === false ? [] : [{ name: 'metrics', containerPort: METRICS_PORT }]),
          { name: 'health', containerPort: 6060 },
        ],
        livenessProbe: {
          httpGet: { path: '/healthz', port: 6060 },
          initialDelaySeconds: 90,
          periodSeconds: 60,
          timeoutSeconds: 30,
          failureThreshold: 3,
        },
      },
    },
    controller,
  );
  if (metrics !== false) objects.service('Metrics', `${NAME}-metrics`, NAME, { name: 'metrics', port: METRICS_PORT });
}
