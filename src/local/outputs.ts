import type { Json } from '../components/definition';
import { typeOfPort } from '../components/port-type';
import type { Dag, GraphNode, PipelineGraph } from '../graph/graph';
import { memberOf } from '../graph/member';
import { type Expression, isArtifactType, listTypeOf, type ValueType } from '../values/expression';
import { EvaluationError, textOf, type Values } from './evaluate';
import type { LocalArtifacts } from './local-run';
import { type ArtifactReference, decodeReference } from './reference';
import type { Store } from './store';
import { localArtifact } from './stub';
import { decodeText } from './value-text';

/**
 * Texts of a DAG's outputs, in the frame of its nodes; those that are absent are left out. So is what cannot be evaluated,
 * such as a metric that was not logged: on the engine the output's default stands for it.
 */
export function outputTexts(dag: Dag, values: Values): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, expression] of Object.entries(dag.outputs)) {
    try {
      const text = textOf(expression, values);
      if (text !== undefined) texts[name] = text;
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
    }
  }
  return texts;
}

/** The types of a node's outputs, by name. */
export function outputTypesOf(node: GraphNode, graph: PipelineGraph): Readonly<Record<string, ValueType>> {
  switch (node.kind) {
    case 'task': {
      const ports = Object.entries(graph.components[node.component]?.outputs ?? {});
      return Object.fromEntries(ports.map(([name, port]) => [name, typeOfPort(port)]));
    }
    case 'if':
      return Object.assign({}, ...node.branches.map(({ body }) => typesOf(body.outputs)));
    case 'exit-handler':
      return typesOf(node.body.outputs);
    case 'loop': {
      const types = Object.entries(typesOf(node.body.outputs));
      return Object.fromEntries(
        types.map(([name, type]) => [name, node.flat?.includes(name) ? type : listTypeOf(type)]),
      );
    }
    case 'pipeline':
      return typesOf(graph.pipelines[node.pipeline]?.root.outputs ?? {});
    case 'repeat':
      return { ...typesOf(graph.pipelines[node.pipeline]?.root.outputs ?? {}), iterations: 'NUMBER_INTEGER' };
    case 'approval':
      return { decision: 'STRING' };
  }
}

function typesOf(outputs: Readonly<Record<string, Expression>>): Readonly<Record<string, ValueType>> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { type }]) => [name, type]));
}

/** Outputs as people read them: values of parameters, and artifacts where they lie on this machine. */
export function decodedOutputs(
  texts: Readonly<Record<string, string>>,
  types: Readonly<Record<string, ValueType>>,
  store: Store,
): { readonly outputs: Readonly<Record<string, Json>>; readonly artifacts: Readonly<Record<string, LocalArtifacts>> } {
  const outputs: Record<string, Json> = {};
  const artifacts: Record<string, LocalArtifacts> = {};
  for (const [name, text] of Object.entries(texts)) {
    const type = memberOf(types, name);
    if (type === undefined) continue;
    if (isArtifactType(type)) artifacts[name] = artifactsOf(JSON.parse(text.replace(/^json:/, '')), store);
    else outputs[name] = shownValue(type, text);
  }
  return { outputs, artifacts };
}

/** What passed between nodes is shown also where it is not of its declared type: who reads it says so. */
function shownValue(type: ValueType, text: string): Json {
  try {
    return decodeText(type, text) ?? null;
  } catch {
    return decodeText('UNKNOWN', text) ?? null;
  }
}

function artifactsOf(item: unknown, store: Store): LocalArtifacts {
  if (Array.isArray(item)) return item.map((element) => artifactsOf(element, store));
  if (typeof item === 'string') return artifactsOf(JSON.parse(item), store);
  const reference: ArtifactReference = decodeReference(JSON.stringify(item));
  return localArtifact(reference, { store });
}
