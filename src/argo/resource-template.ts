import type { ComponentDefinition, ResourceImplementation } from '../components/definition';
import {
  type GraphTaskSettings,
  holdsRunValue,
  isRunValue,
  type RunValue,
  type Tree,
  type TreeObject,
} from '../graph/settings';
import { ABSENT, encodeValue } from '../values/codec';
import { Closure } from './closure';
import { dict, escaped, isNothing, literal, type Resolve, reference, string, tag, typed } from './expression-printer';
import { References } from './references';
import type { Template } from './types';
import { yamlText } from './yaml-text';

/** What a task on an object of the cluster asks of its pod: that holds nothing but Argo's executor. */
export function resourceSettings(settings: GraphTaskSettings): GraphTaskSettings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => POD_SETTINGS.has(name)));
}

/** The settings that mean something for such a pod. */
const POD_SETTINGS: ReadonlySet<string> = new Set<keyof GraphTaskSettings>([
  'nodeSelector',
  'affinity',
  'tolerations',
  'priorityClassName',
  'runtimeClassName',
  'schedulerName',
  'topologySpreadConstraints',
  'imagePullSecrets',
  'labels',
  'annotations',
  'security',
  'podSecurityContext',
  'serviceAccount',
  'extraPodSpec',
  'templateOverrides',
  'retry',
  'timeoutSeconds',
  'totalTimeoutSeconds',
  'mutexes',
  'semaphores',
  'metrics',
]);

/** What Argo's executor does with an object of the cluster. */
export function resourceAction(
  inputs: ComponentDefinition['inputs'],
  implementation: ResourceImplementation,
): NonNullable<Template['resource']> {
  const { action, mergeStrategy, flags, successCondition, failureCondition } = implementation;
  return {
    action,
    ...(mergeStrategy !== undefined && { mergeStrategy }),
    ...(flags && { flags: [...flags] }),
    ...(successCondition !== undefined && { successCondition }),
    ...(failureCondition !== undefined && { failureCondition }),
    manifest: manifestOf(implementation, inputs),
  };
}

/**
 * The object as text: YAML that a person can read where all of it is known at synth, else one expression that makes JSON. No
 * value is ever put into text. Argo's own `setOwnerReference` would parse and print the manifest, and so undo the escapes that
 * hide from Argo and Kubernetes what they would expand: hence the reference to the owner is written here.
 */
function manifestOf(
  { manifest, setOwnerReference }: ResourceImplementation,
  inputs: ComponentDefinition['inputs'],
): string {
  const owned = (name: Tree, uid: Tree) =>
    setOwnerReference ? withOwner(manifest as TreeObject, name, uid) : manifest;
  if (!holdsRunValue(manifest) && !UNSAFE.test(JSON.stringify(manifest))) {
    return yamlText(owned('{{workflow.name}}', '{{workflow.uid}}'), { lineWidth: 0 });
  }
  return tag(escaped(`toJson(${print(owned(RUN_NAME, RUN_ID), inputs)})`));
}

/** What Argo, Kubernetes or a reader of YAML would change, or readers of YAML take for different things. */
const UNSAFE = /\{\{|\$|[\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]|"(?:<<|=|[-+]?0o[0-7_]+)"/;

const STRING = { kind: 'parameter', type: 'STRING' } as const;
const RUN_NAME: RunValue = { expression: { kind: 'run', field: 'name', type: 'STRING' }, port: STRING };
const RUN_ID: RunValue = { expression: { kind: 'run', field: 'id', type: 'STRING' }, port: STRING };

function withOwner(manifest: TreeObject, name: Tree, uid: Tree): TreeObject {
  const metadata = (manifest.metadata ?? {}) as TreeObject;
  const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', name, uid };
  const owners = (metadata.ownerReferences ?? []) as readonly Tree[];
  return { ...manifest, metadata: { ...metadata, ownerReferences: [...owners, owner] } };
}

/** Part of a manifest, in Argo's expression language. */
function print(tree: Tree, inputs: ComponentDefinition['inputs']): string {
  if (isRunValue(tree)) return printValue(tree, inputs);
  if (Array.isArray(tree)) return `[${tree.map((each: Tree) => print(each, inputs)).join(', ')}]`;
  if (typeof tree !== 'object' || tree === null) return literal(tree);
  const members = Object.entries(tree) as [string, Tree][];
  const printed = dict(members.map(([name, member]) => [name, print(member, inputs)]));
  const optional = members.flatMap(([name, member]) =>
    mayBeAbsent(member) ? [`${isAbsent(member, inputs)} ? ${string(name)} : ''`] : [],
  );
  // A field that is given nothing is not there: null has a meaning of its own in patches, and none elsewhere.
  return optional.length > 0 ? `sprig.omit(${[printed, ...optional].join(', ')})` : printed;
}

/** A value that stands alone: what is built of others has to be there. */
type Alone = RunValue & { readonly expression: Extract<RunValue['expression'], { kind: 'parameter' }> };

function mayBeAbsent(tree: Tree): tree is Alone {
  return isRunValue(tree) && tree.expression.kind === 'parameter' && tree.port.optional === true;
}

function isAbsent({ expression }: Alone, inputs: ComponentDefinition['inputs']): string {
  return isNothing(resolveIn(inputs)(expression).variable);
}

function printValue(value: RunValue, inputs: ComponentDefinition['inputs']): string {
  const printed = typed(value.expression, resolveIn(inputs));
  return mayBeAbsent(value) ? `(${isAbsent(value, inputs)} ? nil : ${printed})` : printed;
}

/** The component's inputs are those of its template; a default stands for what is absent. */
function resolveIn(inputs: ComponentDefinition['inputs']): Resolve {
  return (leaf) => {
    if (leaf.kind !== 'parameter') return FACTS(leaf);
    const port = inputs[leaf.name];
    const input = reference('inputs.parameters', leaf.name);
    if (port?.kind !== 'parameter' || port.default === undefined) return input;
    const standard = string(encodeValue(port.type, port.default));
    return {
      ...input,
      variable: `(${input.variable} == '${ABSENT}' ? ${standard} : ${input.variable})`,
      computed: true,
    };
  };
}

/** Facts of the run are called the same in every template. */
const FACTS = new References(new Closure(new Set(), false), true, new Set()).in(new Set());
