import type { IConstruct } from 'constructs';
import type { Diagnostic } from '../diagnostic';
import { type PipelineGraph, tasksWithSettings } from '../graph/graph';
import type { GraphMetric } from '../graph/settings';

/** Per app, who reported a metric first, and what it is. */
const TAKEN = new WeakMap<IConstruct, Map<string, { readonly path: string; readonly metric: GraphMetric }>>();

/**
 * What the controller knows a metric by is one thing for all pipelines: of two types, texts or buckets it takes the first that
 * it is told, and reports nothing for the other. Pipelines of other apps are not seen.
 */
export function metricConflicts(graph: PipelineGraph, app: IConstruct): readonly Diagnostic[] {
  const reported = [
    ...(graph.run?.metrics ?? []).map((metric) => ({ path: graph.path, metric })),
    ...tasksWithSettings(graph).flatMap(({ path, settings }) =>
      (settings.metrics ?? []).map((metric) => ({ path, metric })),
    ),
  ];
  if (reported.length === 0) return [];
  const taken = TAKEN.get(app) ?? new Map<string, (typeof reported)[number]>();
  TAKEN.set(app, taken);
  return reported.flatMap(({ path, metric }): Diagnostic[] => {
    const first = taken.get(metric.name);
    if (!first) taken.set(metric.name, { path, metric });
    const difference = first && differenceOf(metric, first.metric);
    if (!difference) return [];
    const { name } = metric;
    return [
      {
        code: 'KFP1292',
        path,
        message: `the metric '${name}' ${difference}, where '${first.path}' reports it; Argo knows a metric by its name alone`,
        mend: 'give one of them another name, or both the same type, help and buckets',
      },
    ];
  });
}

function differenceOf(metric: GraphMetric, first: GraphMetric): string | undefined {
  if (metric.type !== first.type) return `is a ${metric.type}, and a ${first.type}`;
  if (metric.help !== first.help) return `has the help '${metric.help}', and '${first.help}'`;
  const [own, other] = [metric, first].map(({ buckets = [] }) => `[${buckets.join(', ')}]`);
  return own === other ? undefined : `has the buckets ${own}, and ${other}`;
}
