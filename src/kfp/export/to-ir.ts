import type { Json } from '../../components/definition';
import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../../graph/graph';
import { withPassthrough } from '../ir/passthrough';
import type { IrDocument, PipelineSpec, PlatformSpec } from '../ir/types';
import { DocumentBuilder } from './builder';
import { type DocumentContext, PipelineWriter } from './dag';
import { ExportProblems } from './problems';
import { pipelineConfig, pipelineRoot } from './run-settings';

export { printIr } from './print';

/** A pipeline as a KFP document. */
export interface WrittenIr {
  readonly document: IrDocument;
  /** What a document cannot say, as errors; what KFP's backend ignores or does otherwise, as warnings. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The version of KFP's intermediate representation that is written. */
const SCHEMA_VERSION = '2.1.0';
/** What wrote it. */
const SDK_VERSION = 'cdk8s-kfp';

/**
 * A compiled pipeline as a KFP document, in time linear in the number of its tasks. What it came from, where that was a KFP document,
 * is put back.
 *
 * @see docs/kfp-ir.md
 */
export function writeIr(graph: PipelineGraph): WrittenIr {
  const problems = new ExportProblems();
  const builder = new DocumentBuilder();
  const components = new Map<string, string>();
  const context: DocumentContext = {
    graph,
    builder,
    problems,
    called(name) {
      let component = components.get(name);
      if (component === undefined) {
        component = builder.reserve(name);
        components.set(name, component);
        builder.define(component, new PipelineWriter(graph.pipelines[name]!, context).component());
      }
      return component;
    },
  };
  const { kfp: _, ...own } = graph;
  const root = new PipelineWriter(own, context).component();
  const config = pipelineConfig(graph, problems);
  const defaultPipelineRoot = pipelineRoot(graph, problems);
  const spec: PipelineSpec = {
    pipelineInfo: {
      name: graph.name,
      ...(graph.displayName !== undefined && { displayName: graph.displayName }),
      ...(graph.description !== undefined && { description: graph.description }),
    },
    root,
    components: builder.components,
    deploymentSpec: { executors: builder.executors },
    ...(defaultPipelineRoot !== undefined && { defaultPipelineRoot }),
    schemaVersion: SCHEMA_VERSION,
    sdkVersion: SDK_VERSION,
  };
  const executors = builder.platform;
  const kubernetes = {
    ...(Object.keys(executors).length > 0 && { deploymentSpec: { executors } }),
    ...(Object.keys(config).length > 0 && { pipelineConfig: config }),
  };
  const platform: PlatformSpec = Object.keys(kubernetes).length > 0 ? { platforms: { kubernetes } } : {};
  const given = withPassthrough({ spec, platform }, graph.kfp) as { spec: PipelineSpec; platform: PlatformSpec };
  const hasPlatform = Object.keys(given.platform as Record<string, Json>).length > 0;
  return {
    document: { spec: given.spec, ...(hasPlatform && { platform: given.platform }) },
    diagnostics: problems.diagnostics,
  };
}
