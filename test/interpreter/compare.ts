import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LocalRun, PipelineGraph } from 'cdk8s-kfp';
import type { ComponentDefinition } from '../../src/components/definition';
import type { CalledPipeline, Dag, ExitNode, GraphNode } from '../../src/graph/graph';
import { outputTypesOf } from '../../src/local/outputs';
import { placesOf } from '../../src/local/reference';
import type { StoredRun } from '../../src/local/store';
import { encodeValue } from '../../src/values/codec';
import type { ValueType } from '../../src/values/expression';
import type { EngineNode } from './node';
import type { EngineRun } from './run';

/** Where nodes of a DAG stand in a run: what their keys begin and end with. */
interface Place {
  readonly prefix: string;
  readonly indices: string;
}

/** The state that what is inside of something has where that did not run. */
type Passed = 'Skipped' | 'Omitted';

/** How a run of the manifests differs from a run of the graph here, in lines; empty where it does not. */
export function differences(graph: PipelineGraph, local: LocalRun, engine: EngineRun): readonly string[] {
  return new Comparison(graph, local).all(engine);
}

class Comparison {
  private readonly stored: StoredRun;
  private readonly found: string[] = [];
  private readonly seen = new Set<string>();

  public constructor(
    private readonly graph: PipelineGraph,
    private readonly local: LocalRun,
  ) {
    this.stored = JSON.parse(fs.readFileSync(path.join(local.folder, 'state.json'), 'utf8')) as StoredRun;
  }

  public all({ state, root, exit }: EngineRun): readonly string[] {
    const { graph, local } = this;
    this.same('the run', local.state, state);
    this.dag(graph.root, root, { prefix: '', indices: '' }, 'Omitted');
    if (graph.onExit) this.node(graph.onExit, exit, { prefix: '', indices: '' }, 'Omitted');
    const returned = Object.fromEntries(Object.entries(graph.root.outputs).map(([name, { type }]) => [name, type]));
    const values = Object.keys({ ...local.outputs, ...local.artifacts }).sort();
    const texts = Object.entries((state === 'Succeeded' || !root.failed ? root.outputs : undefined) ?? {});
    const given = texts.filter(([name, text]) => name in returned && text !== 'json:').map(([name]) => name);
    if (state === 'Succeeded') this.same('what the pipeline returns', values.join(), given.sort().join());
    for (const key of [...Object.keys(local.tasks), ...Object.keys(local.groups)]) {
      if (!this.seen.has(key)) this.found.push(`${key} is here, and is nothing on the engine`);
    }
    return this.found;
  }

  private same(what: string, here: unknown, there: unknown): void {
    if (here !== there) this.found.push(`${what}: ${String(here)} here, ${String(there)} on the engine`);
  }

  private dag(dag: Dag, node: EngineNode | undefined, place: Place, passed: Passed): void {
    for (const each of dag.nodes) this.node(each, node?.tasks.get(each.id), place, passed);
  }

  private node(node: GraphNode, engine: EngineNode | undefined, place: Place, passed: Passed): void {
    const key = place.prefix + node.id + place.indices;
    this.seen.add(key);
    const state = stateOf(node, engine, passed);
    const local = this.stored.tasks[key] ?? this.stored.groups[key];
    const reason = engine?.message || local?.error || '';
    this.same(`${key}${reason && ` (${reason})`}`, local?.state, state);
    if (state === 'Succeeded' && local?.state === state) {
      const types = outputTypesOf(node, this.graph);
      const component = node.kind === 'task' ? this.graph.components[node.component] : undefined;
      const names = new Set([...Object.keys(local.texts ?? {}), ...Object.keys(engine!.outputs ?? {})]);
      for (const name of names) {
        if (!(name in types)) continue;
        const [here, there] = [local.texts?.[name], encoded(engine!.outputs?.[name], name, component)];
        this.same(`${key} gives ${name}`, shown(types[name]!, here), shown(types[name]!, there));
      }
    }
    const ran = engine?.type === 'DAG' ? engine : undefined;
    const below: Passed = state === 'Skipped' ? 'Skipped' : 'Omitted';
    switch (node.kind) {
      case 'if':
        for (const branch of node.branches) {
          const taken = ran?.tasks.get(branch.id);
          const skipped = taken && taken.phase === 'Skipped' ? 'Skipped' : below;
          this.dag(branch.body, taken?.type === 'DAG' ? taken : undefined, place, skipped);
        }
        return;
      case 'exit-handler':
        this.dag(node.body, ran, place, below);
        if (node.onExit) this.node(node.onExit, engine?.exit, place, below);
        return;
      case 'loop': {
        const iterations = ran?.tasks.get(node.id)?.iterations ?? [];
        if (ran) this.same(`iterations of ${key}`, this.stored.groups[key]?.iterations ?? 0, iterations.length);
        for (const [index, iteration] of iterations.entries()) {
          this.dag(node.body, iteration, { ...place, indices: `${place.indices}[${index}]` }, 'Omitted');
        }
        return;
      }
      case 'pipeline':
        if (ran) this.called(this.graph.pipelines[node.pipeline]!, ran, `${key}/`);
        return;
      case 'repeat':
        for (let [at, calls] = [ran, 0]; at; [at, calls] = [at.tasks.get('next'), calls + 1]) {
          const call = at.tasks.get('call');
          if (call) this.called(this.graph.pipelines[node.pipeline]!, call, `${key}[${calls}]/`);
        }
    }
  }

  private called(pipeline: CalledPipeline, node: EngineNode, prefix: string): void {
    const place: Place = { prefix, indices: '' };
    if (!pipeline.onExit) {
      this.dag(pipeline.root, node, place, 'Omitted');
      return;
    }
    // Its exit task is the hook of the one task of a DAG round it.
    const [body] = [...node.tasks.values()];
    this.dag(pipeline.root, body, place, 'Omitted');
    this.node(pipeline.onExit satisfies ExitNode, body?.exit, place, 'Omitted');
  }
}

function stateOf(node: GraphNode, engine: EngineNode | undefined, passed: Passed): string {
  if (!engine) return passed;
  if (engine.failed) return 'Failed';
  if (node.kind === 'approval' && engine.phase === 'Succeeded') {
    return engine.outputs?.decision === 'approved' ? 'Succeeded' : 'Skipped';
  }
  return engine.phase;
}

/** A container without the runtime writes values as they are. */
function encoded(
  text: string | undefined,
  name: string,
  component: ComponentDefinition | undefined,
): string | undefined {
  const port = component?.outputs[name];
  if (text === undefined || !component || port?.kind !== 'parameter') return text;
  if (component.implementation.kind === 'python') return text;
  return encodeValue(port.type, port.type === 'STRING' ? text : JSON.parse(text));
}

/** Artifacts lie at other places on the engine. */
function shown(type: ValueType, text: string | undefined): string {
  if (text === undefined || text === 'json:') return 'nothing';
  if (!type.includes('.')) return text;
  return JSON.stringify(placesOf(text).map(({ reference: { type, metadata } }) => ({ type, metadata })));
}
