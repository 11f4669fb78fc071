import type { Diagnostic } from '../../../diagnostic';
import type { PipelineGraph, TaskNode } from '../../../graph/graph';
import type { GraphRunner } from '../../../graph/settings';
import type { PlatformFacts } from '../facts';
import { QUEUE_LABEL } from './queues';

type Named = PlatformFacts['semaphores'][number];

/**
 * Where what a pipeline refers to is in another namespace than its pods. Of most objects only names are known, and the namespace may
 * have one of the same name that is not the app's: these are warnings.
 */
export function straddling(
  { namespace, path, runner, run }: PipelineGraph,
  tasks: readonly TaskNode[],
  facts: PlatformFacts,
): readonly Diagnostic[] {
  const elsewhere = (what: string, of: string, all: readonly Named[], name: unknown, isSure = false): Diagnostic[] => {
    const same = all.filter((each) => each.name === name);
    const [other] = same;
    if (!other || same.some((each) => each.namespace === namespace)) return [];
    const [there, here] = [other.namespace ?? 'default', namespace ?? 'default'];
    // Where a chart has none, whoever applies it says where it goes.
    const isKnown = isSure && other.namespace !== undefined && namespace !== undefined;
    return [
      {
        code: 'KFP1724',
        ...(!isKnown && { severity: 'warning' as const }),
        path: of,
        message: `${what} '${other.name}' is in the namespace '${there}', and the pods are in '${here}'`,
        mend: 'put both into one namespace: pods use objects of their own alone',
      },
    ];
  };
  // Rules are known of accounts of the app alone.
  const account = (of: string, given: GraphRunner | undefined) =>
    given?.rules ? elsewhere('the runner', of, facts.runners, given.serviceAccountName, true) : [];
  return [
    ...account(path, runner),
    ...(run?.semaphores ?? []).flatMap(({ name }) => elsewhere('the semaphore', path, facts.semaphores, name)),
    ...tasks.flatMap(({ path: of, settings }) => [
      ...account(of, settings.serviceAccount),
      ...(settings.volumes ?? []).flatMap(({ source }) => {
        const { claimName } = (source?.persistentVolumeClaim ?? {}) as { readonly claimName?: unknown };
        return elsewhere('the volume', of, facts.claims, claimName);
      }),
      ...(settings.resources?.claims ?? []).flatMap(({ resourceClaimTemplateName: name }) =>
        elsewhere('the claim of devices', of, facts.deviceClaims, name),
      ),
      ...(settings.semaphores ?? []).flatMap(({ name }) => elsewhere('the semaphore', of, facts.semaphores, name)),
      ...elsewhere('the queue', of, facts.queues, settings.labels?.[QUEUE_LABEL]),
    ]),
  ];
}
