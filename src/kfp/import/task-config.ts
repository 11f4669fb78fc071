import type { TaskSettings } from '../../constructs/settings/task-settings';
import { lowerSettings } from '../../constructs/settings/task-settings';
import { type GraphTaskSettings, isRunValue, type RunValue, type Tree } from '../../graph/settings';
import { Value } from '../../values/value';
import type { IrComponent } from '../ir/types';
import type { Tree as ExpressionTree } from './values';

type Passthroughs = NonNullable<IrComponent['taskConfigPassthroughs']>;

/** The settings that a field of KFP's TaskConfig stands for. */
const SETTINGS: Readonly<Record<string, readonly (keyof TaskSettings)[]>> = {
  RESOURCES: ['resources'],
  ENV: ['env'],
  KUBERNETES_AFFINITY: ['nodeAffinity', 'podAffinity', 'extraPodSpec'],
  KUBERNETES_TOLERATIONS: ['tolerations'],
  KUBERNETES_NODE_SELECTOR: ['nodeSelector'],
  KUBERNETES_VOLUMES: ['volumes'],
};

/** Volumes that a pod makes for itself: nothing that could be handed on. */
const OWN_VOLUMES: readonly string[] = ['emptyDir', 'ephemeral'];

/** Settings that a task's own code gets, to apply them to what it starts, and what of them is left for its pod. */
export interface SplitSettings {
  /** What is left for the pod. */
  readonly pod: TaskSettings;
  /** KFP's TaskConfig: parts of a pod's spec, as a literal or a value of the run. */
  readonly config: unknown;
}

/** Takes apart what goes on to what the task starts, and what its own pod is told. */
export function splitSettings(settings: TaskSettings, passthroughs: Passthroughs): SplitSettings {
  const lowered = lowerSettings([settings]);
  const fields = new Set(passthroughs.map(({ field }) => field));
  const pod: Record<string, unknown> = { ...settings };
  for (const { field, applyToTask } of passthroughs) {
    if (applyToTask) continue;
    for (const name of SETTINGS[field] ?? []) {
      if (name === 'volumes') pod[name] = withoutHandedOn(settings, lowered);
      else delete pod[name];
    }
  }
  return { pod: pod as TaskSettings, config: asGiven(configOf(lowered, fields)) };
}

function configOf(settings: GraphTaskSettings, fields: ReadonlySet<string>): { readonly [field: string]: Tree } {
  const { resources, env, nodeSelector, lateNodeSelector, tolerations, affinity, extraPodSpec } = settings;
  const { requests = {}, limits = {} } = resources ?? {};
  const handedOn = new Set((settings.volumes ?? []).filter(isHandedOn).map(({ name }) => name));
  const volumes = (settings.volumes ?? []).filter(({ name }) => handedOn.has(name));
  const mounts = (settings.mounts ?? []).filter(({ volume }) => handedOn.has(volume));
  const all: readonly (readonly [field: string, name: string, value: Tree | undefined])[] = [
    [
      'RESOURCES',
      'resources',
      filled({
        ...(Object.keys(requests).length > 0 && { requests }),
        ...(Object.keys(limits).length > 0 && { limits }),
      }),
    ],
    ['ENV', 'env', env as readonly Tree[] | undefined],
    ['KUBERNETES_AFFINITY', 'affinity', affinity ?? extraPodSpec?.affinity],
    ['KUBERNETES_TOLERATIONS', 'tolerations', tolerations],
    ['KUBERNETES_NODE_SELECTOR', 'nodeSelector', lateNodeSelector ?? nodeSelector],
    ['KUBERNETES_VOLUMES', 'volumes', list(volumes.map(({ name, source }) => ({ name, ...source })))],
    [
      'KUBERNETES_VOLUMES',
      'volumeMounts',
      list(
        mounts.map(({ volume, path, subPath, readOnly }) => ({
          name: volume,
          mountPath: path,
          ...(subPath !== undefined && { subPath }),
          ...(readOnly && { readOnly }),
        })),
      ),
    ],
  ];
  return Object.fromEntries(
    all.flatMap(([field, name, value]) => (value !== undefined && fields.has(field) ? [[name, value]] : [])),
  );
}

function isHandedOn({ source = {} }: NonNullable<GraphTaskSettings['volumes']>[number]): boolean {
  return !Object.keys(source).some((kind) => OWN_VOLUMES.includes(kind));
}

/** The volumes that the pod mounts all the same: those that it makes for itself. */
function withoutHandedOn({ volumes = {} }: TaskSettings, lowered: GraphTaskSettings): TaskSettings['volumes'] {
  const own = new Set((lowered.volumes ?? []).filter((volume) => !isHandedOn(volume)).map(({ name }) => name));
  const paths = new Set((lowered.mounts ?? []).filter(({ volume }) => own.has(volume)).map(({ path }) => path));
  const left = Object.entries(volumes).filter(([path]) => paths.has(path));
  return left.length > 0 ? Object.fromEntries(left) : undefined;
}

function filled(tree: { readonly [key: string]: Tree }): Tree | undefined {
  return Object.keys(tree).length > 0 ? tree : undefined;
}

function list(trees: readonly Tree[]): Tree | undefined {
  return trees.length > 0 ? trees : undefined;
}

/** A literal, or a value of the run where one stands in it. */
function asGiven(tree: Tree): unknown {
  const expression = expressionOf(tree);
  return expression.kind === 'literal' ? expression.value : Value.of(expression);
}

function expressionOf(tree: Tree): ExpressionTree {
  if (isRunValue(tree)) return (tree as RunValue).expression as unknown as ExpressionTree;
  if (Array.isArray(tree)) {
    const items = tree.map(expressionOf);
    return items.every(isLiteral)
      ? { kind: 'literal', type: 'LIST', value: items.map(({ value }) => value) }
      : { kind: 'list', items, type: 'LIST' };
  }
  if (typeof tree === 'object' && tree !== null) {
    const members = Object.entries(tree).map(([name, each]) => [name, expressionOf(each)] as const);
    return members.every(([, member]) => isLiteral(member))
      ? {
          kind: 'literal',
          type: 'STRUCT',
          value: Object.fromEntries(members.map(([name, member]) => [name, isLiteral(member) ? member.value : null])),
        }
      : { kind: 'dict', members: Object.fromEntries(members), type: 'STRUCT' };
  }
  const type = typeof tree === 'number' ? 'NUMBER_DOUBLE' : typeof tree === 'boolean' ? 'BOOLEAN' : 'STRING';
  return { kind: 'literal', type, value: tree };
}

function isLiteral(tree: ExpressionTree): tree is Extract<ExpressionTree, { kind: 'literal' }> {
  return tree.kind === 'literal';
}
