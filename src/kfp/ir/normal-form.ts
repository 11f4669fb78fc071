import type { Json } from '../../components/definition';
import { canonicalCondition } from './normal-conditions';
import { normalContainer, normalImporter } from './normal-executors';
import { withGroups } from './normal-groups';
import { normalPlatform } from './normal-platform';
import { type DagPlace, References, type Resolve } from './normal-references';
import { SHAPES, unknownOf } from './normal-unknown';
import { compact, normalPorts, numberOf, secondsOf } from './normal-values';
import { CREATE_CLAIM, DELETE_CLAIM } from './reserved';
import { componentOf, type DagShapes, Shapes } from './shapes';
import type { IrComponent, IrDocument, IrTask } from './types';

/** A document as plain JSON that is equal for documents which say the same; docs/kfp-ir.md describes it. */
export type NormalForm = { readonly [key: string]: Json };

/**
 * The normal form of a document: components and executors stand at their tasks, what the compiler adds to pass values on is
 * resolved to what it stands for, groups have names by what they hold, and what is said by default is left out. The order of
 * keys means nothing.
 */
export function normalForm(given: IrDocument): NormalForm {
  const document = withGroups(given);
  const { pipelineInfo, root, components: _, deploymentSpec: executors, sdkVersion: __, ...spec } = document.spec;
  const { executors: ___, ...deployment } = executors ?? {};
  const { kubernetes, ...platforms } = document.platform?.platforms ?? {};
  const { deploymentSpec: ____, pipelineConfig, ...platform } = kubernetes ?? {};
  return compact({
    ...spec,
    deployment,
    pipelineInfo: { ...pipelineInfo },
    config: normalConfig((pipelineConfig ?? {}) as Record<string, Json>),
    platforms: { ...platforms, ...platform },
    root: new Former(document).pipeline(root),
    ...besides(document, SHAPES.document),
  }) as NormalForm;
}

/** What is not read of something, where there is any. */
function besides(value: unknown, shape: Parameters<typeof unknownOf>[1], name = 'besides'): Record<string, Json> {
  const unknown = unknownOf(value, shape);
  return unknown === undefined ? {} : { [name]: unknown };
}

function normalConfig(config: Record<string, Json>): Json {
  const { workspace, ...others } = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, numberOf(value)]),
  );
  const { kubernetes, ...size } = (workspace ?? {}) as { readonly kubernetes?: { readonly pvcSpecPatch?: Json } };
  const { accessModes, ...patch } = (kubernetes?.pvcSpecPatch ?? {}) as { readonly accessModes?: Json };
  // One node writes, where nothing else is said.
  const isUsual = JSON.stringify(accessModes ?? ['ReadWriteOnce']) === '["ReadWriteOnce"]';
  const claim = isUsual ? patch : { ...patch, accessModes };
  return compact({ ...others, ...(workspace !== undefined && { workspace: { ...size, claim: claim as Json } }) });
}

class Former {
  private readonly shapes: Shapes;
  private readonly references: References;

  public constructor(private readonly document: IrDocument) {
    this.shapes = new Shapes(document);
    this.references = new References(document, this.shapes);
  }

  /** A pipeline: its interface, its tasks, and what it gives. */
  public pipeline(component: IrComponent, retry?: IrTask['retryPolicy']): Json {
    const { inputDefinitions, outputDefinitions, dag = {}, ...others } = component;
    const place = this.references.pipeline(component, retry);
    const given = this.references.outputsOf(place);
    return compact({
      ...(others as Record<string, Json>),
      inputs: normalPorts(inputDefinitions),
      outputs: normalPorts(outputDefinitions),
      gives: given,
      tasks: this.tasks(place),
      ...besides(component, SHAPES.pipeline),
      ...(Object.keys(dag).some((key) => key !== 'tasks' && key !== 'outputs') && { dag: restOf(dag) }),
    });
  }

  private tasks(place: DagPlace): Json {
    const { tasks = {} } = place.component.dag!;
    const shapes = this.shapes.of(place.component.dag!);
    const named = Object.entries(tasks).map(([key, task]): [string, Json] => [
      this.references.nameOf(place, key),
      this.task(key, task, place, shapes),
    ]);
    return Object.fromEntries(named);
  }

  private task(key: string, given: IrTask, place: DagPlace, { shapes }: DagShapes): Json {
    const { componentRef: _, inputs, dependentTasks: __, taskInfo, cachingOptions, retryPolicy, ...task } = given;
    const { triggerPolicy = {}, parameterIterator, artifactIterator, iteratorPolicy, ...unknown } = task;
    const component = componentOf(given, this.document)!;
    const shape = shapes.get(key)!;
    const isRun = shape === 'leaf' || shape === 'call';
    const { name, ...info } = taskInfo ?? {};
    const { condition, strategy, ...policy } = triggerPolicy;
    const { enableCache, ...caching } = cachingOptions ?? {};
    const resolve = this.references.inputsOf(place, given);
    const iterator = parameterIterator ?? artifactIterator;
    return compact({
      ...(unknown as Record<string, Json>),
      info,
      policy,
      // The names of groups say nothing; a task's own is what people see.
      ...(isRun && name !== key && { displayName: name ?? null }),
      after: this.references.upstreamOf(place, key),
      ...(condition !== undefined && { condition: canonicalCondition(condition, resolve, typesOf(component)) }),
      ...(strategy !== undefined && strategy !== 'ALL_UPSTREAM_TASKS_SUCCEEDED' && { strategy }),
      ...(iterator && { items: this.references.itemsOf(place, given) }),
      ...(iteratorPolicy?.parallelismLimit && { parallelism: numberOf(iteratorPolicy.parallelismLimit) }),
      // KFP reuses results of what runs in a pod only.
      ...(shape === 'leaf' && { caching: compact({ ...caching, ...(enableCache && { enableCache }) }) }),
      ...(shape === 'leaf' ? this.leaf(given, component, place, resolve) : {}),
      ...(shape === 'call' && {
        inputs: this.inputs(inputs, component, place, given),
        pipeline: this.pipeline(component, retryPolicy ?? place.retry),
      }),
      ...(!isRun && {
        tasks: this.tasks(this.references.inside(place, key)),
        ...besides(component, SHAPES.group, 'besidesOfGroup'),
      }),
      ...besides(given, SHAPES.task),
      retry: normalRetry(shape === 'leaf' ? (retryPolicy ?? place.retry) : undefined),
    });
  }

  private leaf(task: IrTask, component: IrComponent, place: DagPlace, resolve: Resolve): Record<string, Json> {
    const { inputDefinitions, outputDefinitions, executorLabel, ...others } = component;
    const executor = this.document.spec.deploymentSpec?.executors?.[executorLabel ?? ''] ?? {};
    const { container, importer, ...executors } = executor;
    const platform = this.document.platform?.platforms?.kubernetes?.deploymentSpec?.executors?.[executorLabel ?? ''];
    // What KFP's driver does itself, it does by its own interface.
    const isOperation = container?.image === CREATE_CLAIM || container?.image === DELETE_CLAIM;
    const hasInterface = !importer && !isOperation;
    return {
      ...(others as Record<string, Json>),
      ...(executors as Record<string, Json>),
      ...(hasInterface && { inputPorts: normalPorts(inputDefinitions), outputPorts: normalPorts(outputDefinitions) }),
      ...(!importer && { inputs: this.inputs(task.inputs, component, place, task) }),
      ...(container && { container: normalContainer(container, resolve, new Set(namesIn(inputDefinitions))) }),
      ...(importer && { importer: normalImporter(importer, resolve) }),
      besidesOfExecutor: compact({
        container: unknownOf(container, SHAPES.container),
        importer: unknownOf(importer, SHAPES.importer),
        platform: unknownOf(platform, SHAPES.platform),
      }),
      ...(platform && {
        platform: normalPlatform(platform, (source) => this.references.parameter(place, source, task)),
      }),
    };
  }

  /** The inputs that the component has; those that stand in texts are resolved there. */
  private inputs(inputs: IrTask['inputs'], component: IrComponent, place: DagPlace, task: IrTask): Json {
    const { parameters = {}, artifacts = {} } = inputs ?? {};
    const own = new Set(namesIn(component.inputDefinitions));
    const given: Record<string, Json> = {};
    for (const [name, source] of Object.entries(parameters)) {
      if (own.has(name) && !isGiven(name, component)) given[name] = this.references.parameter(place, source, task);
    }
    for (const [name, source] of Object.entries(artifacts)) given[name] = this.references.artifact(place, source);
    return given;
  }
}

/** What the inputs of a component are declared to be. */
function typesOf({ inputDefinitions }: IrComponent): (input: string) => string | undefined {
  return (input) => inputDefinitions?.parameters?.[input]?.parameterType;
}

/** KFP's driver computes it, whatever stands there. */
function isGiven(name: string, { inputDefinitions }: IrComponent): boolean {
  return inputDefinitions?.parameters?.[name]?.parameterType === 'TASK_CONFIG';
}

function namesIn(ports: IrComponent['inputDefinitions']): readonly string[] {
  return [...Object.keys(ports?.parameters ?? {}), ...Object.keys(ports?.artifacts ?? {})];
}

function restOf(dag: object): Json {
  const { tasks: _, outputs: __, ...others } = dag as Record<string, Json>;
  return others;
}

/** Retries. Without a wait, nothing is multiplied or capped. */
function normalRetry(policy: IrTask['retryPolicy']): Json {
  if (!policy) return {};
  const { maxRetryCount, backoffDuration, backoffFactor, backoffMaxDuration, ...others } = policy;
  const retries = numberOf(maxRetryCount ?? 0);
  const duration = secondsOf(backoffDuration);
  if (!retries) return {};
  return compact({
    ...(others as Record<string, Json>),
    retries,
    ...(duration !== 0 && {
      duration,
      factor: backoffFactor ?? 2,
      ...(secondsOf(backoffMaxDuration) !== 0 && { cap: secondsOf(backoffMaxDuration) }),
    }),
  });
}
