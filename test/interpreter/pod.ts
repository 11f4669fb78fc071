import type { Stub, StubArtifact } from 'cdk8s-kfp';
import * as YAML from 'yaml';
import type { Template } from '../../src/argo/types';
import type { ComponentDefinition, Json, ParameterType } from '../../src/components/definition';
import { encodeReference, isReferenceList, placesOf } from '../../src/local/reference';
import { decodeValue, encodeJson, encodeValue } from '../../src/values/codec';
import { type Environment, ExpressionFailed, replaceTags } from './tags';

/** How a pod ended. */
export interface PodEnd {
  readonly phase: 'Succeeded' | 'Failed' | 'Error';
  readonly outputs: Readonly<Record<string, string>>;
  readonly message: string;
}

/** A port, as docs/runtime-contract.md describes it. */
interface Port {
  readonly type?: ParameterType;
  readonly artifact?: string;
  readonly list?: boolean;
  readonly optional?: boolean;
}

/** What a pod is told to run. */
interface Program {
  readonly function: string;
  readonly inputs: Readonly<Record<string, Port>>;
  readonly outputs: Readonly<Record<string, Port>>;
}

const ABSENT = 'json:';

/** Runs a container template: a stub stands in for the program in the pod. */
export function runPod(
  template: Template,
  environment: Environment,
  stubs: Readonly<Record<string, Stub>>,
  containers: ReadonlyMap<string, ComponentDefinition>,
  task: string,
): PodEnd {
  const variables = podVariables(template, environment);
  const spec = variables.KFP_COMPONENT;
  const component = containers.get(template.name);
  if (spec === undefined && !component) throw new Error(`nobody says what the container of ${template.name} is`);
  const program = spec !== undefined ? (JSON.parse(spec) as Program) : programOf(component!);
  const stub = stubs[program.function];
  if (!stub) throw new Error(`no stub stands in for ${program.function}`);
  const texts = (name: string) =>
    (spec !== undefined ? variables[`KFP_INPUT_${name}`] : environment[`inputs.parameters.${name}`]) ?? ABSENT;
  try {
    fetchArtifacts(template, program, texts, variables, environment);
  } catch (error) {
    // Fetching fails before the program starts.
    if (error instanceof ExpressionFailed) return { phase: 'Error', outputs: {}, message: error.message };
    throw error;
  }
  let written: Readonly<Record<string, string>> = {};
  let message: string | undefined;
  try {
    const inputs: Record<string, unknown> = {};
    for (const [name, port] of Object.entries(program.inputs)) {
      const value = inputOf(name, port, texts(name));
      if (value !== undefined) inputs[name] = value;
    }
    const made = Object.entries(program.outputs).filter(([, port]) => port.artifact !== undefined);
    const artifacts = Object.fromEntries(
      made.map(([name, port]): [string, StubArtifact] => {
        const key = variables[`KFP_KEY_${name}`] ?? '';
        return [name, { path: '/dev/null', uri: key, type: port.artifact!, metadata: {} }];
      }),
    );
    const returned = stub({ task, inputs, outputs: artifacts }) ?? {};
    if (returned instanceof Promise) throw new TypeError('stubs have to be synchronous here');
    written = writtenBy(program, returned as Record<string, Json | undefined>, artifacts, spec === undefined);
  } catch (error) {
    message = (error as Error).message;
  }
  const { outputs, missing } = collect(template, written, environment);
  if (message !== undefined) return { phase: 'Failed', outputs, message };
  if (missing !== undefined) return { phase: 'Error', outputs, message: `no output ${missing}` };
  return { phase: 'Succeeded', outputs, message: '' };
}

/** The environment of the container. Its texts are final: neither Argo nor Kubernetes must find anything to rewrite in them. */
function podVariables(template: Template, environment: Environment): Record<string, string> {
  if (template.resource) {
    checkManifest(template, environment);
    return {};
  }
  const { env = [], command = [], args = [] } = template.container!;
  const resolved = (text: string): string => {
    let value: string;
    try {
      value = replaceTags(text, environment);
    } catch (error) {
      throw new Error(`${template.name} gets an expression that fails, as it stands: ${(error as Error).message}`);
    }
    if (value.includes('{{')) throw new Error(`${template.name} gets a text that Argo would expand: ${value}`);
    return value;
  };
  for (const text of [...command, ...args]) resolved(text);
  // Argo hangs on nothing there: what it cannot evaluate makes no pod.
  if (template.podSpecPatch?.startsWith('{{=')) patchOf(template, environment);
  const variables: Record<string, string> = {};
  for (const variable of env) {
    if (!('value' in variable)) continue;
    const { name } = variable;
    variables[name] = resolved(variable.value);
    if (name.startsWith('KFP_INPUT_') && variables[name].includes('$')) {
      throw new Error(`${template.name} gets a text that Kubernetes would expand: ${variables[name]}`);
    }
  }
  return variables;
}

/** The pod's patch: a tag in it is expanded once, and nothing that comes out of it. */
function patchOf({ name, podSpecPatch }: Template, environment: Environment): void {
  const text = replaceTags(podSpecPatch!, environment);
  if (/\{\{|\$/.test(text)) throw new Error(`${name} gets a patch that would be expanded: ${text}`);
  const patch = YAML.parse(text);
  if (typeof patch !== 'object' || patch === null) throw new Error(`${name} has no patch: ${text}`);
}

/** What kubectl is given: the text travels in a variable of the environment, and both may rewrite it on its way. */
function checkManifest({ name, resource }: Template, environment: Environment): void {
  const text = replaceTags(resource!.manifest, environment);
  if (/\{\{|\$/.test(text)) throw new Error(`${name} gets a manifest that would be expanded: ${text}`);
  if (!(YAML.parse(text) as { readonly kind?: unknown }).kind) throw new Error(`${name} has no object: ${text}`);
}

function programOf({ name, inputs, outputs }: ComponentDefinition): Program {
  const ports = (all: ComponentDefinition['inputs']) =>
    Object.fromEntries(
      Object.entries(all).map(([port, { kind, type, optional, ...rest }]): [string, Port] => [
        port,
        {
          ...(kind === 'artifact'
            ? { artifact: type, ...('list' in rest && rest.list && { list: true }) }
            : { type: type as ParameterType }),
          ...(optional && { optional }),
        },
      ]),
    );
  return { function: name, inputs: ports(inputs), outputs: ports(outputs) };
}

/** Argo's init container fetches input artifacts by the keys that the template makes of the references. */
function fetchArtifacts(
  template: Template,
  program: Program,
  texts: (name: string) => string,
  variables: Readonly<Record<string, string>>,
  environment: Environment,
): void {
  for (const artifact of template.inputs?.artifacts ?? []) {
    const { name, optional } = artifact;
    if (!('s3' in artifact)) continue;
    const key = replaceTags(artifact.s3.key, environment);
    const references = texts(name) === ABSENT ? [] : placesOf(texts(name)).map(({ reference }) => reference);
    if (program.inputs[name]?.list) {
      if (key !== (variables[`KFP_FOLDER_${name}`] ?? key)) throw new Error(`two folders for ${name}`);
      const astray = references.find((reference) => !reference.key.startsWith(`${key}/`));
      if (astray) throw new Error(`${astray.key} is not below ${key}, the folder of ${name}`);
    } else if (key === '' ? !optional : key !== references[0]?.key) {
      throw new Error(`the key of ${name} is '${key}', and its reference is ${texts(name)}`);
    }
  }
}

function inputOf(name: string, { type, artifact, optional }: Port, text: string): unknown {
  if (text === ABSENT) {
    if (!optional) throw new Error(`input '${name}' has no value`);
    return undefined;
  }
  if (artifact === undefined) return decodeValue(type!, text);
  const artifacts = placesOf(text).map(({ reference: { key, type, metadata } }) => ({
    path: key,
    uri: key,
    type,
    metadata,
  }));
  return isReferenceList(text) ? artifacts : artifacts[0];
}

/** The files that the program writes. */
function writtenBy(
  program: Program,
  returned: Readonly<Record<string, Json | undefined>>,
  artifacts: Readonly<Record<string, StubArtifact>>,
  isRaw: boolean,
): Readonly<Record<string, string>> {
  const written: Record<string, string> = {};
  for (const [name, value] of Object.entries(returned)) {
    const type = program.outputs[name]?.type;
    if (type === undefined) throw new Error(`${program.function} has no output parameter '${name}'`);
    if (value === undefined) continue;
    const text = encodeValue(type, value);
    decodeValue(type, text);
    written[name] = !isRaw ? text : type === 'STRING' ? (value as string) : encodeJson(value);
  }
  if (isRaw) return written;
  for (const [name, { uri, type, metadata }] of Object.entries(artifacts)) {
    written[name] = encodeReference({ key: uri, type, metadata });
  }
  return written;
}

/** What Argo's executor reads, one after the other: it stops where a file is missing and there is no default. */
function collect(
  template: Template,
  written: Readonly<Record<string, string>>,
  environment: Environment,
): { readonly outputs: Readonly<Record<string, string>>; readonly missing?: string } {
  const outputs: Record<string, string> = {};
  for (const { name, valueFrom } of template.outputs?.parameters ?? []) {
    const value = Object.hasOwn(written, name) ? written[name] : valueFrom.default;
    if (value === undefined) return { outputs, missing: name };
    outputs[name] = (Object.hasOwn(written, name) ? value : replaceTags(value, environment)).replace(/\n$/, '');
  }
  return { outputs };
}
