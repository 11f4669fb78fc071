import type { Construct } from 'constructs';
import { renderDiagnostic } from '../../diagnostic';
import { isDnsLabel, isLabelValue } from '../../graph/names';
import { amountOf } from '../../graph/quantity';
import { isObjectName } from '../../graph/rules/settings';
import { callSite } from '../call-site';

/** What is wrong with what a construct was given, and how to mend it. */
export interface Problem {
  /** Where it is not the construct's own code. */
  readonly code?: string;
  readonly message: string;
  readonly mend: string;
}

/**
 * Has synth say what is wrong with a construct.
 *
 * @param made the construct's class, `new.target`: whoever called it is named
 * @param code the code of what says none
 */
export function complain(construct: Construct, made: Function, code: string, found: readonly Problem[]): void {
  if (found.length === 0) return;
  const { at } = callSite(made);
  construct.node.addValidation({
    validate: () => found.map((each) => renderDiagnostic({ code, ...each, ...(at && { at }) })),
  });
}

/** A name of an object that Kubernetes would not take. */
export function nameProblems(what: string, name: string, limit: 'object' | 'label' = 'object'): Problem[] {
  if (limit === 'object' ? isObjectName(name) && name.length <= 63 : isDnsLabel(name)) return [];
  const message = `'${shortened(name)}' cannot be the name of ${what}`;
  return [{ code: 'KFP1713', message, mend: 'use at most 63 lower-case letters, digits and hyphens, by `name`' }];
}

/** An amount that is none, or below zero. */
export function amountProblems(what: string, amount: unknown): Problem[] {
  if (amount === undefined || amountOf(String(amount)) !== undefined) return [];
  return [
    { message: `${what} is '${shortened(String(amount))}'`, mend: "write it as Kubernetes does: '500m', 4, '8Gi'" },
  ];
}

/** A number that is no whole one from `least`. */
export function wholeProblems(what: string, number: unknown, least: number, most = Number.MAX_SAFE_INTEGER): Problem[] {
  if (number === undefined) return [];
  if (Number.isInteger(number) && (number as number) >= least && (number as number) <= most) return [];
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  return [{ message: `${what} is ${shortened(String(number))}`, mend: `give a whole number ${range}` }];
}

/** What is none of those that are possible. */
export function choiceProblems(what: string, given: unknown, choices: readonly string[]): Problem[] {
  if (given === undefined || choices.includes(given as string)) return [];
  const mend = `give ${choices.map((choice) => `'${choice}'`).join(', ')}`;
  return [{ message: `${what} is '${shortened(String(given))}'`, mend }];
}

/** Labels that Kubernetes would not take. */
export function labelProblems(what: string, labels: { readonly [label: string]: unknown } = {}): Problem[] {
  return Object.entries(labels).flatMap(([label, value]) => {
    const isValue = typeof value === 'string' && (value === '' || isLabelValue(value));
    if (isQualifiedName(label) && isValue) return [];
    const message = `${what} ${shortened(JSON.stringify({ [label]: value }))} is none`;
    return [
      { message, mend: 'write it as Kubernetes does: at most 63 letters, digits, hyphens, dots and underscores' },
    ];
  });
}

/** Whether Kubernetes takes a key of a label, a taint, or the name of a resource: `example.com/team`. */
export function isQualifiedName(key: string): boolean {
  const [name = '', prefix, ...more] = key.split('/').reverse();
  return more.length === 0 && isLabelValue(name) && (prefix === undefined || isObjectName(prefix));
}

/** Enough of a text to recognise it. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
