import type { Duration, Size } from 'cdk8s';
import type { ParameterType } from '../../components/definition';
import { isRunValue, type RunValue, type Text, type Tree, type TreeObject } from '../../graph/settings';
import { isArtifactType } from '../../values/expression';
import type { Float } from '../../values/types';
import { Value } from '../../values/value';

/**
 * An amount of a resource: a number, Kubernetes' notation (`'500m'`, `'8Gi'`), cdk8s' `Size`, or a value of the run.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export type Quantity = number | string | Size | Value<string> | Value<Float>;

/** A name or another text of a setting, known now or when the pipeline runs. */
export type SettingText = string | Value<string>;

/**
 * A text of a setting. A value of the run keeps the expression over constructs; compiling turns it into one over ids.
 *
 * @param types what the setting takes; the first is what others are told to be
 */
export function loweredText(
  given: string | Value<unknown>,
  types: readonly ParameterType[] = ['STRING'],
  optional = false,
): Text {
  return given instanceof Value ? runValue(given, types, optional) : given;
}

/** The name of an object, a label's value or the like: valid ones have one text, encoded or not. */
export function loweredName(given: SettingText): Text {
  return given instanceof Value ? { ...runValue(given, ['STRING']), plain: true } : given;
}

/** Texts by name: labels, annotations. */
export function loweredTexts(
  given: { readonly [name: string]: SettingText },
  lower: (text: SettingText) => Text,
): Record<string, Text> {
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [name, lower(text)]));
}

/** A value of the run, as it stands in settings. */
export function runValue(given: Value<unknown>, types: readonly ParameterType[], optional = false): RunValue {
  const expression = Value.expressionOf(given) as unknown as RunValue['expression'];
  const own = isArtifactType(expression.type) ? undefined : types.find((type) => type === expression.type);
  return { expression, port: { kind: 'parameter', type: own ?? types[0]!, ...(optional && { optional }) } };
}

/** A quantity, as Kubernetes writes it. */
export function loweredQuantity(given: Quantity): Text {
  if (given instanceof Value) {
    return { ...runValue(given, ['STRING', 'NUMBER_INTEGER', 'NUMBER_DOUBLE'], true), plain: true };
  }
  if (typeof given !== 'object') return String(given);
  if (typeof given?.asString !== 'function')
    throw new Error(`${String(given)} is no amount: write '500m', '8Gi' or a Size`);
  return given.asString();
}

/** What may take any value that has one text. */
export const SCALARS: readonly ParameterType[] = ['STRING', 'NUMBER_INTEGER', 'NUMBER_DOUBLE', 'BOOLEAN'];

/** An object of Kubernetes', with the values of the run inside of it in the graph's form. */
export function loweredObject(given: object): TreeObject {
  return loweredTree(given) as TreeObject;
}

/** The same for anything; what is undefined is left out. */
export function loweredTree(given: unknown): Tree {
  if (given instanceof Value) return runValue(given, [...SCALARS, 'LIST', 'STRUCT']);
  if (isRunValue(given)) return given;
  if (Array.isArray(given)) return given.map(loweredTree);
  if (typeof given !== 'object' || given === null) return given as Tree;
  const members = Object.entries(given).filter(([, each]) => each !== undefined);
  return Object.fromEntries(members.map(([key, each]) => [key, loweredTree(each)]));
}

/** The name of an object that is given by its name or by itself. */
export function nameOf(object: NamedObject): SettingText {
  if (typeof object === 'string' || object instanceof Value) return object;
  if (typeof object?.name !== 'string')
    throw new Error(`${String(object)} names no object: give its name, or { name: '…' }`);
  return object.name;
}

/** A Kubernetes object of the same namespace: by its name, or anything that has one, such as a construct of cdk8s-plus. */
export type NamedObject = SettingText | { readonly name: string };

/** A duration in seconds. Parts of one are kept, for a rule to refuse. */
export function seconds(duration: Duration): number {
  if (typeof duration?.toSeconds !== 'function') {
    throw new Error(`${String(duration)} is no time: give a Duration of cdk8s, such as Duration.minutes(5)`);
  }
  return duration.toSeconds({ integral: false });
}
