import { SOURCE_ANNOTATION } from '../argo/pod-labels';
import type { Json, ParameterType } from '../components/definition';
import { decodeValue } from '../values/codec';
import type { NamedText, WorkflowTemplateObject } from './workflow';

/** What the ports of a template take and give: artifacts, or parameters of a type. */
export interface Interface {
  readonly inputs: ReadonlyMap<string, 'artifact' | ParameterType>;
  readonly outputs: ReadonlyMap<string, 'artifact' | ParameterType>;
}

type Ports = Readonly<Record<string, { readonly type?: ParameterType; readonly artifact?: string }>>;

/** The interface of a component's template. Python components are told theirs; of others the artifacts are known. */
export function interfaceOf({ metadata, inputs, outputs, container }: WorkflowTemplateObject): Interface {
  if (metadata?.annotations?.[SOURCE_ANNOTATION] === 'importer') {
    return { inputs: new Map(), outputs: new Map([['artifact', 'artifact']]) };
  }
  const text = container?.env?.find(({ name }) => name === 'KFP_COMPONENT')?.value;
  const told = text === undefined ? {} : (JSON.parse(text) as { readonly inputs?: Ports; readonly outputs?: Ports });
  return {
    inputs: kinds(told.inputs, inputs?.artifacts),
    outputs: kinds(told.outputs, outputs?.artifacts),
  };
}

function kinds(ports: Ports = {}, artifacts: readonly { readonly name: string }[] = []): Interface['inputs'] {
  const told = Object.entries(ports).map(
    ([name, { type, artifact }]) => [name, artifact === undefined ? (type ?? 'STRING') : 'artifact'] as const,
  );
  return new Map([...told, ...artifacts.map(({ name }) => [name, 'artifact'] as const)]);
}

/** Parameters as texts, by name; those without a value are left out. */
export function textsOf(parameters: readonly NamedText[] = []): Record<string, string> {
  return Object.fromEntries(
    parameters.flatMap(({ name, value }) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

/** The value in an encoded text (docs/runtime-contract.md); undefined for an absent one. */
export function valueOfText(text: string, type: 'artifact' | ParameterType = 'STRING'): Json | undefined {
  if (text === 'json:') return undefined;
  if (text === 'json:null') return null;
  try {
    return decodeValue(type as ParameterType, text);
  } catch {
    return text;
  }
}
