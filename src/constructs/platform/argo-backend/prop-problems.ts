import { isDnsLabel } from '../../../graph/names';
import { seconds } from '../../settings/setting-value';
import { variableProblems, workloadProblems } from '../backend/workload-problems';
import { databaseProblems } from '../database';
import { storeProblems } from '../object-store';
import { choiceProblems, labelProblems, type Problem, wholeProblems } from '../problems';
import type { ArgoBackendProps } from './props';

const PROGRAMS = ['workflow-controller', 'argoexec', 'argocli'];

/** What is wrong with the props of a backend, each by itself. */
export function propProblems(props: ArgoBackendProps): Problem[] {
  const { artifactRepository: store, database, retention = {}, archive, controller, server, scope, crds } = props;
  return [
    ...(store === 'none' ? [] : storeProblems(store)),
    ...(database ? databaseProblems(database) : []),
    ...(typeof scope === 'object'
      ? isDnsLabel(String(scope.managedNamespace))
        ? []
        : [{ message: '`scope` names no namespace', mend: "give { managedNamespace: 'ml' }" }]
      : choiceProblems('`scope`', scope, ['namespace', 'cluster'])),
    ...choiceProblems('`crds`', crds, ['minimal', 'external']),
    ...wholeProblems('`parallelism`', props.parallelism, 1),
    ...wholeProblems('`namespaceParallelism`', props.namespaceParallelism, 1),
    ...Object.entries(retention).flatMap(([of, count]) => wholeProblems(`\`retention.${of}\``, count, 0)),
    ...(archive && archive.ttl !== undefined
      ? wholeProblems('`archive.ttl`, in seconds,', seconds(archive.ttl), 1)
      : []),
    ...labelProblems('the label of `archive`', (archive || undefined)?.labels),
    ...workloadProblems('controller', controller),
    ...workloadProblems('server', server),
    ...variableProblems('executor', props.executor?.env),
    ...imageProblems(props.images),
    ...Object.keys(props.extraConfiguration ?? {})
      .filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))
      .map((key) => ({ message: `'${key}' is no key of a ConfigMap`, mend: "name it as Argo's documentation does" })),
  ];
}

function imageProblems({
  registry,
  digests = {},
  pullPolicy,
}: NonNullable<ArgoBackendProps['images']> = {}): Problem[] {
  return [
    ...(registry === undefined || /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*$/.test(registry)
      ? []
      : [{ message: `'${registry}' is no registry`, mend: "give host and path: 'mirror.example.com/argo'" }]),
    ...Object.entries(digests).flatMap(([image, digest]) => [
      ...choiceProblems('an image of `digests`', image, PROGRAMS),
      ...(/^sha256:[0-9a-f]{64}$/.test(digest)
        ? []
        : [{ message: `'${digest}' is no digest of '${image}'`, mend: 'write it as sha256:… with 64 digits' }]),
    ]),
    ...choiceProblems('`pullPolicy`', pullPolicy, ['Always', 'IfNotPresent', 'Never']),
  ];
}
