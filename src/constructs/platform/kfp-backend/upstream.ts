import { UPSTREAM_DATABASE_SECRET } from './database';
import type { KfpObject } from './object';
import { LOOK } from './program';
import type { KfpSettings } from './settings';
import { UPSTREAM_STORE_SECRET } from './store';

const RBAC = 'rbac.authorization.k8s.io';

/** What stands in upstream's installation besides, and in none of ours: passwords that everybody knows, for one. */
export function upstreamObjects({ parity, release, namespace }: KfpSettings): readonly KfpObject[] {
  if (!parity) return [];
  return [
    secret(UPSTREAM_DATABASE_SECRET, { username: 'root', password: '' }),
    secret(UPSTREAM_STORE_SECRET, { accesskey: 'minio', secretkey: 'minio123' }),
    claim('mysql-pv-claim'),
    claim(release.bundledStore === 'minio' ? 'minio-pvc' : 'seaweedfs-pvc'),
    {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      name: 'workflow-controller',
      cluster: true,
      fields: { value: 1000000 },
    },
    ...(release.confined ? [...readers(), storePolicy(), installed(namespace)] : []),
  ];
}

function secret(name: string, stringData: Readonly<Record<string, string>>): KfpObject {
  return { apiVersion: 'v1', kind: 'Secret', name, fields: { stringData } };
}

function claim(name: string): KfpObject {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } } };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, fields: { spec } };
}

/** Everyone who can log in to the cluster may read which release it is. */
function readers(): readonly KfpObject[] {
  const name = 'kubeflow-pipelines-public';
  const labels = { app: 'ml-pipeline' };
  const rule = { apiGroups: [''], resources: ['configmaps'], resourceNames: [name], verbs: LOOK };
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'Role', name, labels, fields: { rules: [rule] } },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      name,
      labels,
      fields: {
        roleRef: { apiGroup: RBAC, kind: 'Role', name },
        subjects: [{ apiGroup: RBAC, kind: 'Group', name: 'system:authenticated' }],
      },
    },
  ];
}

/** Who reaches the object store. */
function storePolicy(): KfpObject {
  const matching = (key: string, value: string) => ({ matchExpressions: [{ key, operator: 'In', values: [value] }] });
  const ports = [{ port: 8333 }];
  const spec = {
    podSelector: matching('app', 'seaweedfs'),
    policyTypes: ['Ingress'],
    ingress: [
      { from: [{ namespaceSelector: matching('app.kubernetes.io/part-of', 'kubeflow-profile') }], ports },
      { from: [{ namespaceSelector: matching('kubernetes.io/metadata.name', 'istio-system') }] },
      { from: [{ podSelector: {} }], ports },
    ],
  };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', name: 'seaweedfs', fields: { spec } };
}

/** What upstream's kustomizations of the cluster's objects take their namespace from. */
function installed(namespace: string): KfpObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: 'kfp-cluster-scoped-params', fields: { data: { namespace } } };
}
