import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Chart } from 'cdk8s';
import type { ApprovalDecision, LocalRun, Pipeline, Stub } from 'cdk8s-kfp';
import { DagPrinter } from '../../src/argo/dag-templates';
import type { ComponentDefinition, Json } from '../../src/components/definition';
import { allTasks, type PipelineGraph, pipelinesOf } from '../../src/graph/graph';
import { runGraph } from '../../src/local/run-graph';
import { synth } from '../synth';
import { differences } from './compare';
import { type EngineRun, interpret } from './run';

/** A pipeline that was run by its manifests, and by its graph. */
export interface BothRuns {
  readonly local: LocalRun;
  readonly engine: EngineRun;
  readonly differences: readonly string[];
}

export interface BothOptions {
  readonly stubs: Readonly<Record<string, Stub>>;
  readonly arguments?: Readonly<Record<string, Json>>;
  readonly approvals?: Readonly<Record<string, ApprovalDecision>>;
  readonly store?: string;
}

/** Runs a pipeline both ways, with the same stubs. */
// biome-ignore lint/suspicious/noExplicitAny: pipelines of every kind
export async function runBoth(pipeline: Pipeline<any, any>, options: BothOptions): Promise<BothRuns> {
  const { approvals = {} } = options;
  const store = options.store ?? fs.mkdtempSync(path.join(os.tmpdir(), 'both-'));
  try {
    const graph: PipelineGraph = pipeline.graph;
    const manifest = synth(Chart.of(pipeline)).find(
      ({ kind, metadata }) => kind === 'WorkflowTemplate' && metadata.name === graph.name,
    );
    const stubs = Object.fromEntries(Object.entries(options.stubs).filter(([name]) => name in graph.components));
    const local = await runGraph(graph, { ...options, stubs, approvals, store, parallelism: 1 });
    const { arguments: texts, startedAt } = JSON.parse(fs.readFileSync(path.join(local.folder, 'state.json'), 'utf8'));
    const workflow = {
      name: local.name,
      uid: local.name,
      namespace: graph.namespace ?? 'default',
      'creationTimestamp.RFC3339': startedAt.replace(/\.\d+Z$/, 'Z'),
    };
    const engine = interpret(manifest.spec, {
      stubs,
      approvals,
      arguments: texts,
      workflow,
      containers: containersOf(graph),
    });
    return { local, engine, differences: differences(graph, local, engine) };
  } finally {
    if (options.store === undefined) fs.rmSync(store, { recursive: true });
  }
}

/** Components whose templates do not tell what they are, by the names of those. */
function containersOf(graph: PipelineGraph): ReadonlyMap<string, ComponentDefinition> {
  return new Map(
    pipelinesOf(graph).flatMap((pipeline) => {
      const printer = new DagPrinter(graph, pipeline);
      return allTasks(pipeline).map(
        (task) => [printer.templateNameOf(task), graph.components[task.component]!] as const,
      );
    }),
  );
}
