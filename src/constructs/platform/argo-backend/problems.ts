import type { Construct } from 'constructs';
import type { Diagnostic } from '../../../diagnostic';
import { nearest } from '../../../graph/names';
import { CLUSTER, takeNamespaces, takenBy } from '../backend/taken-namespaces';
import { isPlain } from '../database';
import { ARGO_VERSIONS } from './images';
import { propProblems } from './prop-problems';
import type { ArgoBackendProps } from './props';

type Found = Omit<Diagnostic, 'path' | 'at'>;

/** What is wrong or doubtful about a backend. It takes its namespaces by this. */
export function problems(backend: Construct, namespace: string | undefined, props: ArgoBackendProps): Found[] {
  const { version, scope = 'namespace', artifactRepository: store, database, archive, offloadNodeStatus } = props;
  const found: Found[] = propProblems(props).map((each) => ({ code: 'KFP1717', ...each }));
  if (namespace === undefined) {
    found.push({
      code: 'KFP1700',
      message: 'the chart of the backend has no namespace',
      mend: "give the chart one: super(scope, id, { namespace: 'argo' })",
    });
  }
  if (version !== undefined && !ARGO_VERSIONS.includes(version)) {
    const meant = nearest(String(version).replace(/^v/, ''), ARGO_VERSIONS);
    found.push({
      code: 'KFP1701',
      message: `Argo Workflows '${version}' is no release that pipelines are known to run on`,
      mend: `take ${meant ?? ARGO_VERSIONS.join(', ')}`,
    });
  }
  const wanted = scope === 'cluster' ? CLUSTER : scope === 'namespace' ? namespace : scope.managedNamespace;
  const other = namespace === undefined || wanted === undefined ? undefined : takeNamespaces(backend, wanted);
  if (other !== undefined) found.push(takenBy(other));
  if (database && isPlain(database)) {
    found.push({
      code: 'KFP1703',
      severity: 'warning',
      message: `the password of the database at '${database.host}' crosses the network in the clear`,
      mend: 'leave out what disables TLS',
    });
  }
  if (!database && (archive || offloadNodeStatus)) {
    found.push({
      code: 'KFP1704',
      message: 'workflows are to be archived, or their status kept elsewhere, but there is no database',
      mend: 'give `database`',
    });
  }
  if (store !== 'none' && store.kind === 's3' && store.insecure && !store.tryOut) {
    found.push({
      code: 'KFP1703',
      severity: 'warning',
      message: `what goes to the bucket '${store.bucket}', and its keys' signatures, cross the network in the clear`,
      mend: 'leave out `insecure`',
    });
  }
  if (store !== 'none' && store.kind === 's3' && store.tryOut) {
    found.push({
      code: 'KFP1705',
      severity: 'warning',
      message: 'artifacts are kept in a try-out store: one pod, one volume, no TLS, no backups',
      mend: 'in production, give ObjectStore.s3, .gcs or .azure',
    });
  }
  return found;
}
