import type { Json } from '../components/definition';
import {
  type GraphTaskSettings,
  isRunValue,
  type RunValue,
  runValuesOf,
  type Text,
  type Tree,
} from '../graph/settings';
import { encodeJson, escapeJson } from '../values/codec';
import { dict, escaped, isNothing, literal, tag, textValue } from './expression-printer';
import { literalText, rawText, withoutTags } from './raw-text';
import { yamlText } from './yaml-text';

/** Part of a patch that an expression gives. */
export class PatchExpression {
  public constructor(public readonly expression: string) {}
}

/** What a patch holds: plain data, values of the run, expressions. */
export type Patch = Tree | PatchExpression | readonly Patch[] | { readonly [key: string]: Patch };

/** Prints settings for the template that they belong to: values of the run are inputs of it. */
export class SettingPrinter {
  private readonly inputs: ReadonlyMap<RunValue, string>;

  public constructor(settings: GraphTaskSettings) {
    this.inputs = new Map(runValuesOf(settings).map(({ value, input }) => [value, input]));
  }

  /** Text of a variable or an argument, which Kubernetes looks through as well as Argo. */
  public argument(text: Text): string {
    return isRunValue(text) ? tag(rawText(this.variable(text), text.port)) : literalText(text);
  }

  /** Text of any other field, which Argo alone looks through. A rule keeps braces out of what is known at synth. */
  public field(text: Text): string {
    if (!isRunValue(text)) return text;
    if (text.plain) return `{{inputs.parameters.${this.inputOf(text)}}}`;
    return tag(withoutTags(rawText(this.variable(text), text.port, false)));
  }

  /** The same for an object, or a list, of Kubernetes'. */
  public tree<T>(tree: Tree): T {
    if (isRunValue(tree)) return this.field(tree) as T;
    if (Array.isArray(tree)) return tree.map((each) => this.tree(each)) as T;
    if (typeof tree !== 'object' || tree === null) return tree as T;
    return Object.fromEntries(Object.entries(tree).map(([key, each]) => [key, this.tree(each)])) as T;
  }

  /**
   * A patch of a pod: text that a person can read where it is known at synth, else one expression that makes JSON. No value
   * is ever put into the text of a patch.
   */
  public patch(patch: { readonly [key: string]: Patch }): string {
    if (isKnown(patch)) {
      // Readers of YAML differ in what else is text.
      const text = yamlText(patch, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
      // JSON has escapes for what Argo would expand.
      return text.includes('{{') ? escapeJson(encodeJson(patch as Json)) : text;
    }
    return tag(escaped(`toJson(${this.part(patch)})`));
  }

  /** The value of a setting in Argo's expression language; nil where it is absent or None. */
  public value(value: RunValue): string {
    const variable = this.variable(value);
    const typed = value.plain ? variable : textValue(value.port.type, variable);
    return value.port.optional ? `(${isNothing(variable)} ? nil : ${typed})` : typed;
  }

  /** The input that a value of the run arrives by, in Argo's expression language. */
  public variable(value: RunValue): string {
    return `inputs.parameters['${this.inputOf(value)}']`;
  }

  private inputOf(value: RunValue): string {
    const input = this.inputs.get(value);
    if (input === undefined) throw new Error('a value of the run stands in other settings than those that are printed');
    return input;
  }

  /** A part of a patch, in Argo's expression language. */
  public part(patch: Patch): string {
    if (patch instanceof PatchExpression) return patch.expression;
    if (isRunValue(patch)) return this.value(patch);
    if (Array.isArray(patch)) return `[${patch.map((each) => this.part(each)).join(', ')}]`;
    if (typeof patch !== 'object' || patch === null) return literal(patch);
    return dict(Object.entries(patch).map(([key, each]) => [key, this.part(each as Patch)]));
  }
}

function isKnown(patch: Patch): boolean {
  if (patch instanceof PatchExpression || isRunValue(patch)) return false;
  if (typeof patch !== 'object' || patch === null) return true;
  return Object.values(patch).every((each) => isKnown(each as Patch));
}
