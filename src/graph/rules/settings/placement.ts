import type { TaskNode } from '../../graph';
import { isLabelValue } from '../../names';
import { isRunValue, type Tree, type TreeObject } from '../../settings';
import { isObjectName, type Report } from '../settings';

const EFFECTS: readonly unknown[] = [undefined, 'NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Labels, taints and weights are such that Kubernetes takes them. */
export function placement({ settings }: TaskNode, report: Report): void {
  const { nodeSelector = {}, tolerations = [], affinity = {}, labels = {}, annotations = {} } = settings;
  checkLabels('node selectors', nodeSelector, report);
  checkLabels('labels', labels, report);
  for (const key of Object.keys(annotations)) checkKey('annotations', key, report);
  for (const each of isRunValue(tolerations) ? [] : tolerations) {
    if (!isRunValue(each)) checkToleration(each as TreeObject, report);
  }
  for (const weight of weightsIn(affinity)) {
    if (Number.isInteger(weight) && weight >= 1 && weight <= 100) continue;
    report(`the weight of a preference is ${weight}`, 'give a whole number from 1 to 100');
  }
  for (const { key, operator, values } of requirementsIn(affinity)) {
    checkKey('labels of nodes', key, report);
    const isList = operator === 'In' || operator === 'NotIn';
    const needed = isList ? 'at least one value' : operator === 'Gt' || operator === 'Lt' ? 'one number' : 'no value';
    const count = values?.length ?? 0;
    const given = count === 0 ? 'none' : values!.map(String).join(', ');
    const fits = isList
      ? count > 0
      : needed === 'one number'
        ? count === 1 && (typeof values![0] !== 'string' || /^-?\d+$/.test(values![0]))
        : count === 0;
    if (!fits) report(`'${key}' ${operator} takes ${needed}: it is given ${given}`, 'give what the operator takes');
  }
  for (const [what, name] of [
    ['priority class', settings.priorityClassName],
    ['runtime class', settings.runtimeClassName],
    ['service account', settings.serviceAccount?.serviceAccountName],
  ] as const) {
    if (name === undefined || isObjectName(name)) continue;
    report(`'${name}' cannot be the name of a ${what}`, 'use lower-case letters, digits, hyphens and dots', 'KFP1241');
  }
}

function checkToleration({ key, operator = 'Equal', value, effect, tolerationSeconds }: TreeObject, report: Report) {
  const mend = 'write it as Kubernetes does: { key, operator, value, effect }';
  const of = key === undefined ? 'of everything' : `of '${String(key)}'`;
  if (!EFFECTS.includes(effect)) report(`'${String(effect)}' is no effect of a taint`, mend);
  if (operator !== 'Equal' && operator !== 'Exists')
    report(`'${String(operator)}' is no operator of a toleration`, mend);
  if (operator === 'Exists' && value !== undefined && value !== '') {
    report(`the toleration ${of} has a value, although its operator is Exists`, 'leave one of them out');
  }
  if (operator === 'Equal' && key === undefined) report('a toleration has no key', 'name it, or use operator: Exists');
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    report(`the toleration ${of} has tolerationSeconds`, 'these are for the effect NoExecute alone');
  }
}

function checkLabels(what: string, labels: { readonly [key: string]: unknown }, report: Report): void {
  for (const [key, value] of Object.entries(labels)) {
    checkKey(what, key, report);
    if (typeof value !== 'string' || value === '' || isLabelValue(value)) continue;
    report(
      `'${value}', of '${key}', is no value for ${what}`,
      'use at most 63 letters, digits, hyphens, underscores and dots, a letter or digit first and last',
      'KFP1238',
    );
  }
}

/** Names of labels and annotations: a DNS name as prefix, where there is one, and up to 63 characters. */
function checkKey(what: string, key: string, report: Report): void {
  const [name = '', prefix, ...more] = key.split('/').reverse();
  const fits = more.length === 0 && isLabelValue(name) && (prefix === undefined || isObjectName(prefix));
  if (fits) return;
  report(`'${key}' is no name for ${what}`, 'write it as Kubernetes does: example.com/team', 'KFP1238');
}

function weightsIn(tree: Tree): readonly number[] {
  if (typeof tree !== 'object' || tree === null || isRunValue(tree)) return [];
  const own = 'weight' in tree && typeof tree.weight === 'number' ? [tree.weight] : [];
  return [...own, ...Object.values(tree as object).flatMap(weightsIn)];
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly Tree[];
}

function requirementsIn(tree: Tree): readonly Requirement[] {
  if (typeof tree !== 'object' || tree === null || isRunValue(tree)) return [];
  if ('key' in tree && 'operator' in tree) return [tree as unknown as Requirement];
  return Object.values(tree as object).flatMap(requirementsIn);
}
