import { isDnsLabel } from '../../../graph/names';
import { seconds } from '../../settings/setting-value';
import { imageOptionProblems } from '../backend/image-problems';
import { variableProblems, workloadProblems } from '../backend/workload-problems';
import { databaseProblems } from '../database';
import { storeProblems } from '../object-store';
import { amountProblems, choiceProblems, labelProblems, type Problem, wholeProblems } from '../problems';
import { isKey } from '../secret-reference';
import type { ArgoBackendProps } from './props';

const PROGRAMS = ['workflow-controller', 'argoexec', 'argocli'];

/** What is wrong with the props of a backend, each by itself. */
export function propProblems(props: ArgoBackendProps): Problem[] {
  const { artifactRepository: store, database, archive, controller, server, scope, crds } = props;
  return [
    ...(store === 'none' ? [] : storeProblems(store, 'artifactRepository')),
    ...(database ? databaseProblems(database) : []),
    ...(database?.kind === 'mysql' && database.caCertificate
      ? [
          {
            message: 'Argo trusts public authorities for a database of MySQL, and takes no `caCertificate`',
            mend: 'leave it out: the certificate of the server must be signed by one of those',
          },
        ]
      : []),
    ...(database?.kind === 'mysql' && database.tryOut
      ? [{ message: 'only a `KfpBackend` makes a try-out database', mend: 'give Database.postgres or Database.mysql' }]
      : []),
    ...(typeof scope === 'object'
      ? isDnsLabel(String(scope.managedNamespace))
        ? []
        : [{ message: '`scope` names no namespace', mend: "give { managedNamespace: 'ml' }" }]
      : choiceProblems('`scope`', scope, ['namespace', 'cluster'])),
    ...choiceProblems('`crds`', crds, ['minimal', 'external']),
    ...limitProblems(props),
    ...(archive && archive.ttl !== undefined
      ? wholeProblems('`archive.ttl`, in seconds,', seconds(archive.ttl), 1)
      : []),
    ...labelProblems('the label of `archive`', (archive || undefined)?.labels),
    ...workloadProblems('controller', controller),
    ...workloadProblems('server', server),
    ...imageOptionProblems(props.images ?? {}, PROGRAMS),
    ...Object.keys(props.extraConfiguration ?? {})
      .filter((key) => !isKey(key))
      .map((key) => ({ message: `'${key}' is no key of a ConfigMap`, mend: "name it as Argo's documentation does" })),
  ];
}

/**
 * What is wrong with how much runs at a time and stays, and with what the executor is told.
 *
 * @param place what they stand below, where those are not the props themselves: `argo.`
 */
export function limitProblems(
  {
    parallelism,
    namespaceParallelism,
    retention = {},
    executor,
  }: Pick<ArgoBackendProps, 'parallelism' | 'namespaceParallelism' | 'retention' | 'executor'>,
  place = '',
): Problem[] {
  const { requests, limits } = executor?.resources ?? {};
  return [
    ...wholeProblems(`\`${place}parallelism\``, parallelism, 1),
    ...wholeProblems(`\`${place}namespaceParallelism\``, namespaceParallelism, 1),
    ...Object.entries(retention).flatMap(([of, count]) => wholeProblems(`\`${place}retention.${of}\``, count, 0)),
    ...variableProblems('executor', executor?.env),
    ...[...Object.entries(requests ?? {}), ...Object.entries(limits ?? {})].flatMap(([resource, amount]) =>
      amountProblems(`${resource} of the executor`, amount),
    ),
  ];
}
