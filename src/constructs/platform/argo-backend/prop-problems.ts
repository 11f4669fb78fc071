import { isDnsLabel } from '../../../graph/names';
import { seconds } from '../../settings/setting-value';
import { imageOptionProblems } from '../backend/image-problems';
import type { WorkloadOptions } from '../backend/workload';
import { databaseProblems } from '../database';
import { storeProblems } from '../object-store';
import { amountProblems, choiceProblems, labelProblems, type Problem, wholeProblems } from '../problems';
import type { ArgoBackendProps } from './props';

const PROGRAMS = ['workflow-controller', 'argoexec', 'argocli'];

/** What is wrong with the props of a backend, each by itself. */
export function propProblems(props: ArgoBackendProps): Problem[] {
  const { artifactRepository: store, database, retention = {}, archive, controller, server, scope, crds } = props;
  return [
    ...(store === 'none' ? [] : storeProblems(store)),
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
    ...wholeProblems('`parallelism`', props.parallelism, 1),
    ...wholeProblems('`namespaceParallelism`', props.namespaceParallelism, 1),
    ...Object.entries(retention).flatMap(([of, count]) => wholeProblems(`\`retention.${of}\``, count, 0)),
    ...(archive && archive.ttl !== undefined
      ? wholeProblems('`archive.ttl`, in seconds,', seconds(archive.ttl), 1)
      : []),
    ...labelProblems('the label of `archive`', (archive || undefined)?.labels),
    ...workloadProblems('controller', controller),
    ...workloadProblems('server', server),
    ...imageOptionProblems(props.images ?? {}, PROGRAMS),
    ...Object.keys(props.extraConfiguration ?? {})
      .filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))
      .map((key) => ({ message: `'${key}' is no key of a ConfigMap`, mend: "name it as Argo's documentation does" })),
  ];
}

function workloadProblems(
  of: string,
  { replicas, resources, env = {}, labels, nodeSelector }: WorkloadOptions = {},
): Problem[] {
  const amounts = [...Object.entries(resources?.requests ?? {}), ...Object.entries(resources?.limits ?? {})];
  return [
    ...wholeProblems(`\`${of}.replicas\``, replicas, 0),
    ...amounts.flatMap(([resource, amount]) => amountProblems(`${resource} of the ${of}`, amount)),
    ...Object.entries(env)
      .filter(([name, value]) => !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) || typeof value !== 'string')
      .map(([name]) => ({ message: `the variable '${name}' of the ${of} is none`, mend: 'give a name, and a text' })),
    ...labelProblems(`the label of the ${of}`, labels),
    ...labelProblems(`the node selector of the ${of}`, nodeSelector),
  ];
}
