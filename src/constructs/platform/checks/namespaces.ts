import type { Diagnostic } from '../../../diagnostic';
import type { PipelineGraph, TaskNode } from '../../../graph/graph';
import type { PlatformFacts } from '../facts';

/** Where what a pipeline refers to is in another namespace than its pods. */
export function straddling(
  { namespace, path, runner }: PipelineGraph,
  tasks: readonly TaskNode[],
  facts: PlatformFacts,
): readonly Diagnostic[] {
  const elsewhere = <T extends { readonly name: string; readonly namespace: string | undefined }>(
    all: readonly T[],
    name: string | undefined,
  ): T | undefined => {
    const same = all.filter((each) => each.name === name);
    return same.some((each) => each.namespace === namespace) ? undefined : same[0];
  };
  const problem = (what: string, of: string, at: string | undefined): Diagnostic => ({
    code: 'KFP1724',
    path: of,
    message: `${what} is in the namespace '${at ?? 'default'}', and the pods are in '${namespace ?? 'default'}'`,
    mend: 'put both into one namespace: pods use objects of their own alone',
  });
  const account = elsewhere(facts.runners, runner?.serviceAccountName);
  return [
    ...(account ? [problem(`the runner '${account.name}'`, path, account.namespace)] : []),
    ...tasks.flatMap(({ path: of, settings }) => {
      const claims = (settings.volumes ?? []).map(
        ({ source }) => (source?.persistentVolumeClaim as { claimName?: unknown } | undefined)?.claimName,
      );
      const queue = settings.labels?.['kueue.x-k8s.io/queue-name'];
      return [
        ...claims
          .flatMap((claim) => elsewhere(facts.claims, typeof claim === 'string' ? claim : undefined) ?? [])
          .map(({ name, namespace: at }) => problem(`the volume '${name}'`, of, at)),
        ...[elsewhere(facts.queues, typeof queue === 'string' ? queue : undefined) ?? []]
          .flat()
          .map(({ name, namespace: at }) => problem(`the queue '${name}'`, of, at)),
      ];
    }),
  ];
}
