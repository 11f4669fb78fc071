import type { GraphMetric, GraphMetricValue } from '../../graph/settings';
import type { Expression } from '../../values/expression';
import type { Float } from '../../values/types';
import { Value } from '../../values/value';
import type { FlowNode } from '../flow-node';
import { loweredText, SCALARS } from './setting-value';

/** A fact about a task or a run that a metric tells. Made by {@link Metric}. */
export class MetricFact<F extends 'duration' | 'status'> {
  /** Use {@link Metric}. @internal */
  public constructor(public readonly fact: F) {}
}

/** What the engine knows of a task or a run that has ended. */
export class Metric {
  /** How long it took, in seconds: of a task all its attempts, from when the first was created. */
  public static readonly duration: MetricFact<'duration'> = new MetricFact('duration');
  /** How it ended, as a label: `Succeeded`, `Failed` or `Error`. */
  public static readonly status: MetricFact<'status'> = new MetricFact('status');

  private constructor() {}
}

/** What every Prometheus metric has. */
export interface MetricBase<V> {
  /** Its name: small letters, digits and underscores. Argo puts `argo_workflows_` before it. */
  readonly name: string;
  /** What it is, for people. All that report a metric say the same. */
  readonly help: string;
  /** The number that is reported. Where it is absent, nothing is. */
  readonly value: V;
  /**
   * - `gauge`: the last value
   * - `counter`: the sum of all values
   * - `histogram`: how many values were below each bound
   * @default 'gauge'
   */
  readonly type?: 'gauge' | 'counter' | 'histogram' | undefined;
  /** The upper bounds of a histogram's buckets, in rising order. @default - none: a histogram must have some */
  readonly buckets?: readonly number[] | undefined;
  /**
   * Labels, by name. Each combination of values is a series that the controller and Prometheus keep: what differs for each run
   * is no label.
   * @default - none
   */
  readonly labels?:
    | { readonly [label: string]: string | Value<string | boolean | Float> | MetricFact<'status'> }
    | undefined;
  /**
   * Whether it is reported when the task or the run has succeeded, has failed, or in both cases. What a task gives is there
   * only where it has succeeded.
   * @default 'always'
   */
  readonly when?: 'succeeded' | 'failed' | 'always' | undefined;
}

/**
 * A metric of a task.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/metrics/
 */
export type TaskMetric = MetricBase<number | MetricFact<'duration'> | Value<Float> | Value<boolean>>;

/** A metric of a whole run. */
export type RunMetric = MetricBase<number | MetricFact<'duration'>>;

/** How a task is seen from outside. */
export interface TaskObservability {
  /**
   * Prometheus metrics that are reported when the task has ended. An attempt that is followed by another is reported as well;
   * what is reported of the last one is about the whole task. Layers add up.
   * @default - none
   */
  readonly metrics?: readonly TaskMetric[] | undefined;
  /**
   * `json`: each line of a Python component's log is a JSON object that names run, task, pipeline and pod, as log collectors
   * take it. Containers are told by `KFP_LOG`.
   * @default 'text'
   */
  readonly logs?: 'json' | 'text' | undefined;
}

/** Metrics as plain data. */
export function lowerMetrics(metrics: readonly (TaskMetric | RunMetric)[]): GraphMetric[] {
  return metrics.map(({ name, help, value, type = 'gauge', buckets, labels, when = 'always' }) => ({
    name,
    help,
    type,
    value: lowerValue(value),
    ...(buckets && { buckets: [...buckets] }),
    ...(labels && {
      labels: Object.fromEntries(
        Object.entries(labels).map(([label, text]) => [
          label,
          text instanceof MetricFact ? { fact: text.fact } : loweredText(text as Value<unknown>, SCALARS, true),
        ]),
      ),
    }),
    ...(when !== 'always' && { when }),
  }));
}

function lowerValue(value: TaskMetric['value']): GraphMetricValue {
  if (value instanceof MetricFact) return { fact: value.fact };
  if (!(value instanceof Value)) return { constant: value };
  const expression: Expression<FlowNode> = Value.expressionOf(value);
  const [output, metric] =
    expression.kind === 'metric' ? [expression.artifact, expression.name] : [expression, undefined];
  if (output.kind !== 'output') return { unfit: output.kind };
  const { task, output: name } = output;
  return { output: name, ...(metric !== undefined && { metric }), of: task.node.path };
}
