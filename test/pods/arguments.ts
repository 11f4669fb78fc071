import type { Arguments, Template, WorkflowTemplateSpec } from '../../src/argo/types';
import { type Environment, replaceTags } from '../interpreter/tags';

/** Texts for what only a run knows. */
export interface Samples {
  /** Arguments of the run. */
  readonly arguments?: Readonly<Record<string, string>>;
  /** What tasks give, by the names of their outputs. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Stands for a text whose tags have no value among the samples. Without it, that is an error. */
  readonly fallback?: (text: string) => string;
}

/** What a tag in a template may read. */
export function environmentOf(spec: WorkflowTemplateSpec, template: Template, samples: Samples): Environment {
  return {
    ...globalsOf(spec, samples),
    ...inputsOf(spec, template, samples, new Set()),
    'node.name': `run.${template.name}`,
    'pod.name': `run-${template.name}`,
    ...(template.retryStrategy && { retries: '0', 'lastRetry.exitCode': '0', 'lastRetry.status': '' }),
  };
}

/** A text, its tags replaced. */
export function expand(text: string, environment: Environment, { fallback }: Samples): string {
  try {
    return replaceTags(text, environment);
  } catch (error) {
    if (fallback) return fallback(text);
    throw error;
  }
}

function globalsOf(spec: WorkflowTemplateSpec, samples: Samples): Environment {
  const parameters = (spec.arguments?.parameters ?? []).map(({ name, value }) => [
    `workflow.parameters.${name}`,
    samples.arguments?.[name] ?? value ?? sampleOf(name),
  ]);
  return {
    'workflow.name': 'run',
    'workflow.uid': '6d3f1f0e-94a5-4d0b-8e5c-0a4fa0a6c1a2',
    'workflow.namespace': 'ml',
    'workflow.serviceAccountName': 'runner',
    'workflow.creationTimestamp.RFC3339': '2026-01-02T03:04:05Z',
    'workflow.creationTimestamp.Y': '2026',
    'workflow.creationTimestamp.m': '01',
    'workflow.scheduledTime': '2026-01-02T03:04:00Z',
    'workflow.status': 'Succeeded',
    ...Object.fromEntries(parameters),
  };
}

/** What a template's inputs get from the first that calls it. */
function inputsOf(
  spec: WorkflowTemplateSpec,
  template: Template,
  samples: Samples,
  visited: ReadonlySet<string>,
): Environment {
  const given = visited.has(template.name)
    ? {}
    : givenBy(spec, template, samples, new Set([...visited, template.name]));
  return Object.fromEntries(
    (template.inputs?.parameters ?? []).map(({ name, default: standard }) => [
      `inputs.parameters.${name}`,
      given[name] ?? standard ?? sampleOf(name),
    ]),
  );
}

function givenBy(
  spec: WorkflowTemplateSpec,
  { name }: Template,
  samples: Samples,
  visited: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  if (spec.hooks?.exit.template === name) return texts(spec.hooks.exit.arguments, globalsOf(spec, samples), samples);
  for (const caller of spec.templates) {
    for (const task of caller.dag?.tasks ?? []) {
      const call = task.template === name ? task : task.hooks?.exit.template === name ? task.hooks.exit : undefined;
      if (!call) continue;
      const scope = { ...globalsOf(spec, samples), ...inputsOf(spec, caller, samples, visited), item: '0' };
      return texts(call.arguments, { ...scope, ...resultsIn(spec, caller, samples) }, samples);
    }
  }
  return {};
}

/** What the tasks of a DAG give. */
function resultsIn(spec: WorkflowTemplateSpec, caller: Template, { outputs = {} }: Samples): Environment {
  const results: Record<string, string> = {};
  for (const { name, template } of caller.dag?.tasks ?? []) {
    results[`tasks.${name}.status`] = 'Succeeded';
    const called = spec.templates.find((each) => each.name === template);
    const artifacts = new Set(called?.outputs?.artifacts?.map((artifact) => artifact.name));
    for (const { name: output } of called?.outputs?.parameters ?? []) {
      const sample = artifacts.has(output) ? REFERENCE : sampleOf(output);
      results[`tasks.${name}.outputs.parameters.${output}`] = outputs[output] ?? sample;
    }
  }
  return results;
}

function texts(args: Arguments | undefined, scope: Environment, samples: Samples): Readonly<Record<string, string>> {
  const { fallback: _, ...strict } = samples;
  return Object.fromEntries(
    (args?.parameters ?? []).map(({ name, value }) => [
      name,
      expand(value!, scope, samples.fallback ? { ...strict, fallback: () => sampleOf(name) } : strict),
    ]),
  );
}

/** What an artifact's edge carries. */
const REFERENCE = '{"key":"sample","metadata":"{}","type":"system.Artifact"}';

/** A text that fits what an input is for, as its name tells. */
function sampleOf(name: string): string {
  if (/tolerations(-\d+)?$/i.test(name)) return '[{"key":"sample","operator":"Exists"}]';
  if (/(nodeSelector|affinity|claim|annotations|conf)$/i.test(name)) return '{}';
  if (/memory|storage|size/i.test(name)) return '1Gi';
  if (/cpu|gpu|tpu|count|number|-com-/i.test(name)) return '1';
  return 'sample';
}
