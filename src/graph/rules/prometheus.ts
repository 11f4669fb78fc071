import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph, TaskNode } from '../graph';
import { memberOf } from '../member';
import { type GraphMetric, isRunValue } from '../settings';
import { notableNodesOf, subexpressions } from '../walk';

type Report = (code: string, message: string, mend: string, severity?: 'warning') => void;

const NAME = /^[a-z_][a-z0-9_]*$/;
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;
/** What the full CRDs of Argo 4 allow in one template. */
const METRICS_LIMIT = 100;
/** The longest that an output's and a metric's names may be together: the full CRDs allow a gauge 256 characters. */
const VALUE_LIMIT = 140;
/** Facts that are others in each run. */
const PER_RUN: ReadonlySet<string> = new Set(['name', 'id', 'creationTime', 'scheduledTime']);
/** Metrics that Argo's controller reports itself. */
const OF_ARGO: ReadonlySet<string> = new Set(
  (
    'client_rate_limiter_latency cronworkflows_concurrencypolicy_triggered cronworkflows_triggered_total deprecated_feature ' +
    'error_count gauge is_leader k8s_request_duration k8s_request_total locks_held locks_pending locks_taken_total log_messages ' +
    'operation_duration_seconds pod_missing pod_pending_count pod_restarts_total pods_gauge pods_total_count queue_adds_count ' +
    'queue_depth_gauge queue_duration queue_latency queue_longest_running queue_retries queue_unfinished_work ' +
    'resource_rate_limiter_latency total_count version workers_busy_count workflow_condition ' +
    'workflowtemplate_runtime workflowtemplate_triggered_total'
  ).split(' '),
);

/** Prometheus metrics are such that Argo's controller reports them: where it does not, only the run's status says so. */
export function prometheus(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const reportAt =
    (path: string): Report =>
    (code, message, mend, severity) =>
      diagnostics.push({ code, path, message, mend, ...(severity && { severity }) });
  check(graph.run?.metrics, reportAt(graph.path));
  for (const metric of graph.run?.metrics ?? []) texts(metric, reportAt(graph.path));
  // What all tasks are given is wrong once, and not in each of them.
  check(graph.settings.metrics, reportAt(graph.path));
  const shared = new Set(graph.settings.metrics?.map((metric) => JSON.stringify(metric)));
  for (const { node } of notableNodesOf(graph)) {
    if (node.kind !== 'task' || !node.settings.metrics) continue;
    const report = reportAt(node.path);
    const own = node.settings.metrics.filter((metric) => !shared.has(JSON.stringify(metric)));
    check(own, report, node.settings.metrics.length);
    for (const metric of own) value(metric, node, graph, report);
  }
  return diagnostics;
}

function check(metrics: readonly GraphMetric[] = [], report: Report, count = metrics.length): void {
  if (count > METRICS_LIMIT) {
    report('KFP1295', `${count} metrics; Argo's full CRDs allow ${METRICS_LIMIT}`, 'report fewer, with labels');
  }
  for (const metric of metrics) {
    names(metric, report);
    numbers(metric, report);
    labels(metric, report);
  }
}

function names({ name, help, labels = {} }: GraphMetric, report: Report): void {
  if (!NAME.test(name)) {
    report('KFP1290', `'${name}' cannot be the name of a metric`, 'use small letters, digits and underscores');
  } else if (OF_ARGO.has(name)) {
    report('KFP1296', `Argo's controller has a metric '${name}' of its own`, 'give it a name that says whose it is');
  }
  for (const label of Object.keys(labels)) {
    if (LABEL.test(label) && label !== 'le') continue;
    const mend = "use letters, digits and underscores; 'le' and what begins with two underscores are Prometheus' own";
    report('KFP1290', `'${label}' cannot be a label of the metric '${name}'`, mend);
  }
  if (help.trim() === '') report('KFP1291', `the metric '${name}' has no help`, 'say in a sentence what it is');
}

/** Those of tasks are looked through with all other settings of theirs. */
function texts({ name, help, labels = {} }: GraphMetric, report: Report): void {
  const known = [help, ...Object.values(labels)].filter((text) => typeof text === 'string');
  if (!known.some((text) => text.includes('{{'))) return;
  report('KFP1291', `a text of the metric '${name}' holds '{{', which Argo would expand`, 'leave it out');
}

function numbers({ name, type, value, buckets }: GraphMetric, report: Report): void {
  if (!['gauge', 'counter', 'histogram'].includes(type)) {
    report('KFP1293', `'${type}' is no type of the metric '${name}'`, 'use gauge, counter or histogram');
  }
  if (type === 'histogram' ? !isRising(buckets) : buckets) {
    report(
      'KFP1293',
      type === 'histogram'
        ? `the histogram '${name}' has the buckets [${(buckets ?? []).join(', ')}]`
        : `the ${type} '${name}' has buckets`,
      type === 'histogram'
        ? 'give upper bounds, in rising order: [60, 600, 3600]'
        : 'leave them out, or make it a histogram',
    );
  }
  if ('constant' in value && (!Number.isFinite(value.constant) || (type === 'counter' && value.constant < 0))) {
    const mend = type === 'counter' ? 'give a number from 0: a counter only grows' : 'give a number';
    report('KFP1293', `the ${type} '${name}' is given ${value.constant}`, mend);
  }
}

function isRising(buckets: readonly number[] = []): boolean {
  return buckets.length > 0 && buckets.every((bound, index) => index === 0 || bound > buckets[index - 1]!);
}

/** Series that differ for each run are kept by the controller for a day, and by Prometheus for as long as it keeps anything. */
function labels({ name, labels = {} }: GraphMetric, report: Report): void {
  for (const [label, text] of Object.entries(labels)) {
    if (!isRunValue(text)) continue;
    const fact = subexpressions(text.expression).find((part) => part.kind === 'run' && PER_RUN.has(part.field));
    if (!fact) continue;
    const mend = 'leave the label out: runs are found by the labels of their pods';
    report('KFP1297', `each run has a value of its own for the label '${label}' of '${name}'`, mend, 'warning');
  }
}

/** What is reported is a number that the task itself gives. */
function value({ name, value, type }: GraphMetric, task: TaskNode, graph: PipelineGraph, report: Report): void {
  const refuse = (message: string, mend: string) => report('KFP1294', `the metric '${name}' ${message}`, mend);
  if ('unfit' in value) {
    refuse('is given what is no output', 'give it an output of the task, a metric logged on one, or a number');
    return;
  }
  if (!('output' in value)) return;
  if (value.of !== task.path) {
    refuse(`is given an output of '${value.of}'`, 'add it to that task: a metric tells what its own task gave');
    return;
  }
  const port = memberOf(graph.components[task.component]?.outputs ?? {}, value.output);
  if (!port) return;
  if (value.metric === undefined ? !/^(NUMBER_\w+|BOOLEAN)$/.test(port.type) : port.kind !== 'artifact') {
    const mend = port.kind === 'artifact' ? "name what was logged: .metric('accuracy')" : 'give it a number';
    refuse(`is given the output '${value.output}', which is no number`, mend);
  }
  if (/["'\\<>&]|\p{Cc}/u.test(value.metric ?? '')) {
    const mend = "log it by a name without quotes, backslashes, '<', '>' and '&'";
    refuse(`reads '${value.metric}', a name that Argo's expressions cannot hold there`, mend);
  }
  if (value.output.length + (value.metric ?? '').length > VALUE_LIMIT && type === 'gauge') {
    const mend = `use names of at most ${VALUE_LIMIT} characters together`;
    refuse("has a value that is too long for Argo's full CRDs", mend);
  }
}
