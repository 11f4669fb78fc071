import type { ComponentDefinition } from '../components/definition';
import type { PipelineParameter } from '../graph/graph';
import {
  type GraphMetric,
  type GraphMetricValue,
  type GraphTaskSettings,
  isRunValue,
  type Text,
} from '../graph/settings';
import { portOf } from '../graph/walk';
import { ABSENT } from '../values/codec';
import { type Resolve, string, tag, typed } from './expression-printer';
import { rawText, withoutTags } from './raw-text';
import type { SettingPrinter } from './setting-printer';
import type { PrometheusMetric, Template } from './types';

/** What ends an expression's evaluation before a task or a run has ended: Argo knows this name only then. */
const ENDED = "status != ''";
const FAILED = "['Failed', 'Error']";

/**
 * The metrics of a task's template.
 *
 * Argo puts values into all texts of a metric before it asks `when`, so that each text can be evaluated whatever `when` says.
 * Where one cannot, because a pod that was lost has no outputs, Argo notes a MetricsError in the run and goes on.
 *
 * The texts are part of the template that Argo gives to the pod, where it looks through JSON in JSON: an expression that is not
 * evaluated by then must hold nothing that JSON escapes. Hence `and`, and not the operator.
 */
export function metricsOf(
  { metrics }: GraphTaskSettings,
  component: ComponentDefinition,
  print: SettingPrinter,
): Pick<Template, 'metrics'> {
  if (!metrics) return {};
  const labelText = (text: Text) => print.field(text);
  return {
    metrics: {
      prometheus: metrics.map((metric) => {
        const value = amountOf(metric.value, component);
        const conditions = [
          ...(metric.when === 'failed' ? [`status in ${FAILED}`] : []),
          ...(metric.when === 'succeeded' || value.exists !== undefined ? ["status == 'Succeeded'"] : []),
          ...(value.exists !== undefined ? [value.exists] : []),
        ];
        return printed(metric, value.text, conditions, '{{status}}', labelText);
      }),
    },
  };
}

/** The metrics of a run. What Argo knows early, it would put in before the run has ended. */
export function metricsOfRun(
  metrics: readonly GraphMetric[] | undefined,
  parameters: Readonly<Record<string, PipelineParameter>>,
  resolve: Resolve,
): Pick<Template, 'metrics'> {
  if (!metrics) return {};
  const labelText = (text: Text) =>
    isRunValue(text) ? tag(withoutTags(textOf(text.expression, parameters, resolve))) : text;
  const status = tag(`${ENDED} ? workflow.status : ''`);
  return {
    metrics: {
      prometheus: metrics.map((metric) => {
        const value = 'fact' in metric.value ? tag(`${ENDED} ? workflow.duration : '0'`) : amountOf(metric.value).text;
        const conditions = [
          ...(metric.when === 'failed' ? [`${ENDED} and workflow.status in ${FAILED}`] : []),
          ...(metric.when === 'succeeded' ? [`${ENDED} and workflow.status == 'Succeeded'`] : []),
        ];
        return printed(metric, value, conditions, status, labelText);
      }),
    },
  };
}

function printed(
  { name, help, type, buckets, labels = {} }: GraphMetric,
  value: string,
  conditions: readonly string[],
  status: string,
  labelText: (text: Text) => string,
): PrometheusMetric {
  const entries = Object.entries(labels);
  return {
    name,
    help,
    ...(entries.length > 0 && {
      labels: entries.map(([key, text]) => ({
        key,
        value: typeof text === 'object' && 'fact' in text ? status : labelText(text),
      })),
    }),
    ...(conditions.length > 0 && { when: tag(conditions.join(' and ')) }),
    // Without the word, the full CRDs refuse a gauge.
    ...(type === 'gauge' && { gauge: { realtime: false, value } }),
    ...(type === 'counter' && { counter: { value } }),
    ...(type === 'histogram' && { histogram: { buckets: [...(buckets ?? [])], value } }),
  };
}

/** A metric's value as text, and the condition that it exists, where it may not. */
function amountOf(
  value: GraphMetricValue,
  component?: ComponentDefinition,
): { readonly text: string; readonly exists?: string } {
  if ('fact' in value) return { text: '{{duration}}' };
  if ('constant' in value) return { text: String(value.constant) };
  if ('unfit' in value) throw new Error('a metric without a value stands in a graph that the rules refuse');
  const text = `outputs.parameters[${string(value.output)}]`;
  const ifThere = (found: string) => tag(`status == 'Succeeded' ? ${found} : 0`);
  if (value.metric !== undefined) {
    const number = `fromJSON(fromJSON(${text}).metadata)[${string(value.metric)}]`;
    return { text: ifThere(`${number} ?? 0`), exists: `${text} startsWith '{' and ${number} != nil` };
  }
  const { kind } = component!.implementation;
  const port = component!.outputs[value.output];
  // A program without the runtime writes what it likes, with a line break at the end.
  const written = kind === 'python' ? text : `trim(${text})`;
  const isBoolean = port?.kind === 'parameter' && port.type === 'BOOLEAN';
  return {
    text: ifThere(isBoolean ? `${written} == 'true' ? 1 : 0` : written),
    exists: kind === 'python' ? `${text} not in ['${ABSENT}', '${ABSENT}null']` : `${written} != ''`,
  };
}

/** The raw text of a parameter or of what is made of some, in Argo's expression language. */
function textOf(
  expression: Parameters<typeof typed>[0],
  parameters: Readonly<Record<string, PipelineParameter>>,
  resolve: Resolve,
): string {
  const port = expression.kind === 'parameter' ? portOf(parameters[expression.name]!) : undefined;
  if (expression.kind === 'parameter' && port?.kind === 'parameter') {
    // A parameter that has a default has it in the run as well.
    return rawText(resolve(expression).variable, { kind: 'parameter', type: port.type, optional: true }, false);
  }
  return typed({ kind: 'text', parts: [expression], type: 'STRING' }, resolve);
}
