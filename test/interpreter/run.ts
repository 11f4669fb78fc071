import type { ApprovalDecision, Stub } from 'cdk8s-kfp';
import type { Arguments, DagTask, Hook, OutputParameter, Template, WorkflowTemplateSpec } from '../../src/argo/types';
import type { ComponentDefinition } from '../../src/components/definition';
import { encodeJson } from '../../src/values/codec';
import { type Any, evaluate } from './expression';
import { assess, EngineNode, outboundOf, type Phase } from './node';
import { runPod } from './pod';
import { type Environment, ExpressionFailed, namesOf, replaceTags } from './tags';

/** What is run, besides the manifest. */
export interface EngineOptions {
  /** What stands in for components, by their names. */
  readonly stubs: Readonly<Record<string, Stub>>;
  /** Components of containers without the runtime, by the names of their templates. */
  readonly containers?: ReadonlyMap<string, ComponentDefinition>;
  /** Texts of arguments. */
  readonly arguments?: Readonly<Record<string, string>>;
  /** Decisions about approvals, by the names of their tasks. */
  readonly approvals?: Readonly<Record<string, ApprovalDecision>>;
  /** Facts about the run: `name`, `uid`, `namespace`, …. */
  readonly workflow?: Readonly<Record<string, string>>;
  /** What is kept of memoized nodes, by ConfigMap and key; runs that are given one map share it. */
  readonly cache?: Map<string, Given>;
}

/** A run that has ended. */
export interface EngineRun {
  readonly state: 'Succeeded' | 'Failed';
  readonly root: EngineNode;
  readonly exit?: EngineNode;
}

/** Texts of arguments; null for one that refers to what something skipped did not give. */
type Given = Readonly<Record<string, string | null>>;

/** Argo nests no deeper. */
const MAX_DEPTH = 100;

/**
 * Runs a WorkflowTemplate as Argo's controller does, without time: one thing after the other, each pod a call of a stub.
 *
 * @throws where the engine would hang, or where a text reaches a pod that something would still expand
 */
export function interpret(spec: WorkflowTemplateSpec, options: EngineOptions): EngineRun {
  return new Engine(spec, options).run();
}

class Engine {
  private readonly templates: ReadonlyMap<string, Template>;
  private readonly nodes: EngineNode[] = [];
  private readonly cache: Map<string, Given>;
  private globals: Environment;
  private depth = 0;

  public constructor(
    private readonly spec: WorkflowTemplateSpec,
    private readonly options: EngineOptions,
  ) {
    this.cache = options.cache ?? new Map();
    this.templates = new Map(spec.templates.map((template) => [template.name, template]));
    const workflow = {
      name: 'run',
      uid: 'uid',
      namespace: 'ns',
      'creationTimestamp.RFC3339': 'now',
      'creationTimestamp.Y': '2026',
      'creationTimestamp.m': '11',
      ...options.workflow,
    };
    // As of a run that began when it was due.
    const due = { scheduledTime: workflow['creationTimestamp.RFC3339'], ...workflow };
    const parameters = (spec.arguments?.parameters ?? []).map(({ name, value }) => {
      const text = options.arguments?.[name] ?? value;
      if (text === undefined) throw new Error(`the argument '${name}' is missing`);
      return [`workflow.parameters.${name}`, text];
    });
    const facts = Object.entries(due).map(([name, value]) => [`workflow.${name}`, value]);
    this.globals = Object.fromEntries([...facts, ...parameters]);
  }

  public run(): EngineRun {
    const root = this.execute('run', this.spec.entrypoint, {});
    const hook = this.spec.hooks?.exit;
    if (!hook) return { state: root.failed ? 'Failed' : 'Succeeded', root };
    const failures = this.nodes.filter(({ failed }) => failed);
    this.globals = {
      ...this.globals,
      'workflow.status': root.phase,
      'workflow.failures': JSON.stringify(
        JSON.stringify(
          failures.map(({ name, message, phase, template }) => ({
            displayName: name,
            message,
            phase,
            templateName: template,
          })),
        ),
      ),
    };
    const exit = this.execute('run.onExit', hook.template, this.given(hook.arguments, this.globals));
    return { state: root.failed || exit.failed ? 'Failed' : 'Succeeded', root, exit };
  }

  private template(name: string): Template {
    const template = this.templates.get(name);
    if (!template) throw new Error(`there is no template ${name}`);
    return template;
  }

  /** Runs a template with arguments. */
  private execute(name: string, templateName: string, given: Given): EngineNode {
    const template = this.template(templateName);
    const inputs: Record<string, string> = {};
    for (const { name: input, default: standard } of template.inputs?.parameters ?? []) {
      const value = given[input] ?? (standard === undefined ? undefined : replaceTags(standard, this.globals));
      if (value === undefined) {
        throw new Error(`${name}: the input '${input}' has no default, and reads what something skipped did not give`);
      }
      inputs[`inputs.parameters.${input}`] = value;
    }
    if (++this.depth > MAX_DEPTH) throw new Error(`${name} is nested too deep`);
    try {
      if (template.dag) return this.dag(name, template, inputs);
      return template.suspend ? this.suspend(name, template) : this.pod(name, template, inputs);
    } finally {
      this.depth -= 1;
    }
  }

  private pod(name: string, template: Template, inputs: Environment): EngineNode {
    const environment = { ...this.globals, ...inputs, 'pod.name': `pod-${this.nodes.length}`, 'node.name': name };
    const { stubs, containers = new Map() } = this.options;
    const { phase, outputs, message } = runPod(template, environment, stubs, containers, name);
    const node = this.node(name, 'Pod', template.name, phase, message && `main: Error (exit code 1): ${message}`);
    node.outputs = outputs;
    return node;
  }

  private suspend(name: string, template: Template): EngineNode {
    const node = this.node(name, 'Suspend', template.name, 'Succeeded');
    if (template.suspend!.duration === '0') return node;
    const id = /[^.(]+(?=(?:\(\d+\))?$)/.exec(name)![0];
    const decision = this.options.approvals?.[id];
    if (decision === undefined) throw new Error(`nobody decides about ${id}`);
    node.outputs = Object.fromEntries(template.outputs!.parameters!.map((parameter) => [parameter.name, decision]));
    return node;
  }

  private dag(name: string, template: Template, inputs: Environment): EngineNode {
    const node = this.node(name, 'DAG', template.name, 'Succeeded');
    const kept = template.memoize && this.memoized(template.memoize, name, inputs);
    if (kept?.outputs) {
      node.outputs = kept.outputs;
      node.hit = true;
      return node;
    }
    const tasks = new Map(template.dag!.tasks.map((task) => [task.name, task]));
    const visit = (task: DagTask): void => {
      if (node.tasks.has(task.name)) return;
      const upstream = dependenciesOf(task);
      for (const other of upstream) visit(tasks.get(other)!);
      node.tasks.set(task.name, this.task(task, node, upstream, inputs, tasks));
    };
    for (const task of tasks.values()) visit(task);
    const waited = new Set([...tasks.values()].flatMap(dependenciesOf));
    const targets = [...tasks.keys()].filter((task) => !waited.has(task)).sort();
    const ends = targets.map((target) => node.tasks.get(target)!);
    node.outbound = ends;
    node.phase = assess(node, ends);
    if (node.failed) return node;
    const scope = { ...inputs, ...this.results(node.tasks, [...tasks.keys()]) };
    const outputs = template.outputs?.parameters ?? [];
    node.outputs = Object.fromEntries(
      outputs.map((output) => [output.name, outputOf(output, scope, { ...this.globals, ...inputs })]),
    );
    kept?.keep(node.outputs);
    return node;
  }

  /** What is kept for a node. Time does not pass here: only what may have no age at all is too old. */
  private memoized(memoize: NonNullable<Template['memoize']>, name: string, inputs: Environment) {
    const scope = { ...this.globals, ...inputs, 'node.name': name };
    const key = replaceTags(memoize.key, scope);
    if (!/^[a-zA-Z0-9][-a-zA-Z0-9]*$/.test(key)) throw new Error(`${name} has the invalid cache key ${key}`);
    const age = replaceTags(memoize.maxAge, scope);
    if (!/^\d+[hs]$/.test(age)) throw new Error(`${name} has the invalid maximum age ${age}`);
    const place = `${replaceTags(memoize.cache.configMap.name, scope)} ${key}`;
    const outputs = age === '0s' ? undefined : (this.cache.get(place) as Readonly<Record<string, string>> | undefined);
    return { outputs, keep: (given: Readonly<Record<string, string>>) => this.cache.set(place, given) };
  }

  /** A task of a DAG, when all that it depends on has ended. */
  private task(
    task: DagTask,
    dag: EngineNode,
    upstream: readonly string[],
    inputs: Environment,
    tasks: ReadonlyMap<string, DagTask>,
  ): EngineNode {
    const name = `${dag.name}.${task.name}`;
    const attach = (node: EngineNode): EngineNode => {
      const parents = upstream.length === 0 ? [dag] : upstream.flatMap((other) => outboundOf(dag.tasks.get(other)!));
      for (const parent of parents) parent.children.push(node);
      return node;
    };
    const pass = (phase: Phase, message = '') => attach(this.node(name, 'Skipped', task.template, phase, message));
    if (task.depends !== undefined && !holds(task.depends, dag.tasks)) return pass('Omitted');
    const ancestors = ancestorsOf(task, tasks);
    const scope = { ...this.globals, ...inputs, ...this.results(dag.tasks, ancestors) };
    let node: EngineNode;
    try {
      if (task.when !== undefined && !isTrue(replaceTags(task.when, scope))) return pass('Skipped');
      if (task.withSequence) node = this.loop(task, name, scope, attach);
      else {
        const given = this.given(task.arguments, scope);
        node = attach(this.execute(name, task.template, given));
      }
    } catch (error) {
      if (!(error instanceof ExpressionFailed)) throw error;
      node = pass('Error', error.message);
    }
    const hook = task.hooks?.exit;
    if (hook && node.completed) {
      const own = this.results(new Map([[task.name, node]]), [task.name]);
      node.exit = this.hook(hook, `${name}.onExit`, { ...scope, ...own });
      node.children.push(node.exit);
    }
    return node;
  }

  private hook(hook: Hook, name: string, scope: Environment): EngineNode {
    return this.execute(name, hook.template, this.given(hook.arguments, scope));
  }

  private loop(task: DagTask, name: string, scope: Environment, attach: (node: EngineNode) => EngineNode): EngineNode {
    const count = Number(replaceTags(task.withSequence!.count, scope));
    if (!Number.isInteger(count)) throw new Error(`${name} counts to ${task.withSequence!.count}`);
    // What an item does not change is resolved once, and fails once.
    const given = Array.from({ length: count }, (_, item) =>
      this.given(task.arguments, { ...scope, item: String(item) }),
    );
    if (count === 0) return attach(this.node(name, 'Skipped', task.template, 'Skipped', 'Skipped, empty params'));
    const group = attach(this.node(name, 'TaskGroup', task.template, 'Succeeded'));
    for (const [item, each] of given.entries()) {
      const iteration = this.execute(`${name}(${item})`, task.template, each);
      group.children.push(iteration);
      group.iterations.push(iteration);
      if (iteration.failed) group.phase = iteration.phase;
    }
    return group;
  }

  /** Arguments, their tags replaced. */
  private given(args: Arguments | undefined, scope: Environment): Given {
    return Object.fromEntries(
      (args?.parameters ?? []).map(({ name, value }) => {
        const reference = /^\{\{([^={}][^{}]*)\}\}$/.exec(value!)?.[1];
        if (reference !== undefined && scope[reference] === null) return [name, null];
        const text = replaceTags(value!, scope);
        if (text.includes('{{')) throw new Error(`the argument '${name}' would be expanded again: ${text}`);
        return [name, text];
      }),
    );
  }

  /** What is known of tasks that have ended. */
  private results(nodes: ReadonlyMap<string, EngineNode>, names: readonly string[]): Environment {
    const known: Record<string, string | null> = {};
    for (const name of names) {
      const node = nodes.get(name)!;
      known[`tasks.${name}.status`] = node.phase;
      for (const [output, text] of Object.entries(this.outputsOf(node))) {
        known[`tasks.${name}.outputs.parameters.${output}`] = text;
      }
    }
    return known;
  }

  private outputsOf(node: EngineNode): Given {
    if (node.type === 'TaskGroup') return aggregated(node.iterations);
    if (node.outputs || (node.phase !== 'Skipped' && node.phase !== 'Omitted')) return node.outputs ?? {};
    // What was not run gives its defaults.
    const declared = this.template(node.template).outputs?.parameters ?? [];
    return Object.fromEntries(declared.map(({ name, valueFrom }) => [name, valueFrom.default ?? null]));
  }

  private node(name: string, type: EngineNode['type'], template: string, phase: Phase, message = ''): EngineNode {
    const node = new EngineNode(name, type, template, phase);
    node.message = message;
    this.nodes.push(node);
    return node;
  }
}

/** The tasks that a task waits for. */
function dependenciesOf({ depends = '' }: DagTask): readonly string[] {
  return [...new Set([...depends.matchAll(/([a-z0-9][-a-z0-9]*)\.[A-Z][A-Za-z]+/g)].map(([, name]) => name!))];
}

function ancestorsOf(task: DagTask, tasks: ReadonlyMap<string, DagTask>): readonly string[] {
  const found = new Set<string>();
  const visit = (each: DagTask): void => {
    for (const other of dependenciesOf(each)) {
      if (found.has(other)) continue;
      found.add(other);
      visit(tasks.get(other)!);
    }
  };
  visit(task);
  return [...found];
}

/** Argo makes an expression of it, in which names have no hyphens. */
function holds(depends: string, nodes: ReadonlyMap<string, EngineNode>): boolean {
  const states: readonly (readonly [string, Phase])[] = [
    ['Succeeded', 'Succeeded'],
    ['Failed', 'Failed'],
    ['Errored', 'Error'],
    ['Skipped', 'Skipped'],
    ['Omitted', 'Omitted'],
  ];
  const names = [...nodes].map(([name, { phase }]): [string, Any] => [
    name.replaceAll('-', '_'),
    Object.fromEntries(states.map(([word, state]) => [word, phase === state])),
  ]);
  return evaluate(depends.replaceAll('-', '_'), Object.fromEntries(names)) === true;
}

function isTrue(when: string): boolean {
  if (when !== 'true' && when !== 'false') throw new Error(`a condition is '${when}'`);
  return when === 'true';
}

/** What Argo makes of the iterations' outputs: JSON where all are objects or lists, and else a list of their texts. */
function aggregated(iterations: readonly EngineNode[]): Readonly<Record<string, string>> {
  const lists = new Map<string, string[]>();
  for (const { phase, outputs } of iterations) {
    if (phase !== 'Succeeded') continue;
    for (const [name, text] of Object.entries(outputs ?? {})) lists.set(name, [...(lists.get(name) ?? []), text]);
  }
  return Object.fromEntries([...lists].map(([name, texts]) => [name, encodeJson(parsed(texts) ?? texts)]));
}

// biome-ignore lint/suspicious/noExplicitAny: it is whatever JSON holds
function parsed(texts: readonly string[]): any[] | undefined {
  try {
    const values = texts.map((text) => JSON.parse(text));
    return values.every((value) => typeof value === 'object' && value !== null) ? values : undefined;
  } catch {
    return undefined;
  }
}

/** An output of a DAG. Its default stands for what cannot be evaluated. */
function outputOf({ name, valueFrom }: OutputParameter, scope: Environment, before: Environment): string {
  const source = valueFrom as { readonly parameter?: string; readonly expression?: string; readonly default: string };
  if (source.expression !== undefined) {
    try {
      const value = evaluate(source.expression, namesOf(scope));
      return value === null ? source.default : String(value);
    } catch {
      return source.default;
    }
  }
  const tag = source.parameter?.slice(2, -2);
  if (tag === undefined) throw new Error(`the output '${name}' of a DAG comes from nowhere`);
  // Argo puts inputs and global values into the template first, so that no tag remains where one stands for them.
  const remaining = Object.hasOwn(before, tag) ? before[tag]! : tag;
  return (Object.hasOwn(scope, remaining) ? scope[remaining] : undefined) ?? source.default;
}
