import type { ComponentDefinition } from '../components/definition';
import { CACHING_PARAMETER, cacheKeyOf, cachesSomething, type KeyPart } from '../graph/cache-key';
import type { PipelineGraph } from '../graph/graph';
import { kebab } from '../graph/names';
import type { GraphTaskSettings } from '../graph/settings';
import { ABSENT } from '../values/codec';
import { argumentsOf } from './arguments';
import { tag } from './expression-printer';
import { SettingPrinter } from './setting-printer';
import type { Parameter, Template } from './types';

/**
 * The tasks of the two templates that are around a cached one. No node's id has two hyphens in a row: so what asks for the name
 * of a task can tell these, which are no tasks of the pipeline's.
 */
export const LOOKUP_TASK = 'lookup--task';
export const CACHED_TASK = 'run--task';

/** What the name of a cached pod's node ends with, after that of its task. */
export const CACHED_PATH = `.${LOOKUP_TASK}.${CACHED_TASK}`;

const IS_OFF = `workflow.parameters['${CACHING_PARAMETER}'] == 'off'`;

/** Where nothing limits the age of results: entries are no older than the ConfigMap that holds them. */
const ANY_AGE = '87600h';

/** The template that tasks with reused results call, in place of their own. */
export function cachedTemplateName(template: string): string {
  return `cached-${template}`;
}

/** The parameter, where some task's results are reused. */
export function cachingParameter(graph: PipelineGraph): Parameter[] {
  if (!cachesSomething(graph)) return [];
  return [
    {
      name: CACHING_PARAMETER,
      value: 'on',
      description: 'off: tasks whose results could be reused run all the same, and their new results are kept',
      enum: ['on', 'off'],
    },
  ];
}

/** The argument of a run that reuses nothing. */
export function withoutCaching(graph: PipelineGraph): Parameter[] {
  return cachingParameter(graph).map(({ name }) => ({ name, value: 'off' }));
}

/**
 * The templates of one task each that are around that of a cached task's pod. In the outer one, equal tasks wait for each other;
 * in the inner one, the task runs where no result is kept under its key.
 *
 * They are three, because Argo looks for a result again and again while a template that is memoized holds a lock: where one is
 * found that another run left, what is inside would never be ended. It makes a failure of a pod whose result it cannot keep, and
 * a run never ends that finds a result for what has retries.
 *
 * @param leaf the template of the pod
 */
export function cachedTemplates(
  leaf: Template,
  component: ComponentDefinition,
  settings: GraphTaskSettings,
): Template[] {
  const { prefix, parts } = cacheKeyOf(component, settings);
  const texts = printTexts(parts, settings);
  const age = settings.caching?.maxAgeSeconds;
  const month = '{{workflow.creationTimestamp.Y}}-{{workflow.creationTimestamp.m}}';
  const lookup = `lookup-${leaf.name}`;
  return [
    {
      ...around(cachedTemplateName(leaf.name), LOOKUP_TASK, lookup, leaf, component),
      // What is not looked up waits for nobody.
      synchronization: {
        mutexes: [
          { name: `cache-${prefix}-${tag(`sprig.sha256sum(${IS_OFF} ? workflow.uid + node.name : ${texts})`)}` },
        ],
      },
    },
    {
      ...around(lookup, CACHED_TASK, leaf.name, leaf, component),
      memoize: {
        key: `${prefix}-${tag(`sprig.sha256sum(${texts})`)}`,
        maxAge: tag(`${IS_OFF} ? '0s' : '${age === undefined ? ANY_AGE : duration(age)}'`),
        cache: { configMap: { name: `kfp-cache-${kebab(component.name)}-${month}` } },
      },
    },
  ];
}

/** A template with the interface of another one, which it calls. */
function around(name: string, task: string, called: string, leaf: Template, component: ComponentDefinition): Template {
  const parameters = leaf.inputs?.parameters ?? [];
  const outputs = Object.keys(component.outputs);
  return {
    name,
    ...(parameters.length > 0 && { inputs: { parameters: parameters.map((parameter) => ({ ...parameter })) } }),
    ...(outputs.length > 0 && {
      outputs: {
        parameters: outputs.map((output) => ({
          name: output,
          valueFrom: { parameter: `{{tasks.${task}.outputs.parameters.${output}}}`, default: ABSENT },
        })),
      },
    }),
    dag: {
      failFast: false,
      tasks: [
        {
          name: task,
          template: called,
          ...argumentsOf(
            parameters.map(({ name: input }) => ({ name: input, value: `{{inputs.parameters.${input}}}` })),
          ),
        },
      ],
    },
  };
}

/** The texts that are part of the key, as a JSON list, in Argo's expression language. */
function printTexts(parts: readonly KeyPart[], settings: GraphTaskSettings): string {
  const print = new SettingPrinter(settings);
  const texts = parts.map((part) =>
    part.kind === 'input' ? `inputs.parameters['${part.name}']` : print.variable(part.value),
  );
  return `toJson([${texts.join(', ')}])`;
}

/** A duration as Go reads it. */
function duration(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds}s`;
}
