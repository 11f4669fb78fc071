import { isRunValue, type Text } from '../graph/settings';
import { encodeJson, escapeJson } from '../values/codec';
import { escaped, string, tag } from './expression-printer';
import { literalText, withDollars, withoutTags } from './raw-text';

/**
 * A key or URI: text that is known at synth, or an expression, and then tags that the engine fills in for each pod. What an
 * expression gives is never expanded again.
 */
export class ArtifactText {
  public constructor(
    private readonly beginning: string | { readonly expression: string },
    private readonly tags = '',
  ) {}

  /** The same with text before it. */
  public after(text: string): ArtifactText {
    const { beginning } = this;
    const longer =
      typeof beginning === 'string' ? text + beginning : { expression: `${string(text)} + ${beginning.expression}` };
    return new ArtifactText(longer, this.tags);
  }

  /** The same with tags after it. */
  public followedBy(tags: string): ArtifactText {
    return new ArtifactText(this.beginning, this.tags + tags);
  }

  /** For a field of a pod's template, which its executor gets by a variable. */
  public get field(): string {
    return this.print((text) => text.replaceAll('$', '$$$$'), exact);
  }

  /** For a variable or an argument of a container. */
  public get argument(): string {
    return this.print(literalText, exact);
  }

  /** For what stands between the quotes of a string in JSON. */
  public get inJson(): string {
    return this.print(
      (text) => escapeJson(encodeJson(text)).slice(1, -1),
      (expression) => `trimSuffix(trimPrefix(${escaped(`toJson(${withoutTags(expression)})`)}, '"'), '"')`,
    );
  }

  /** For an argument that an expression gives, and Argo does not look through. */
  public get expression(): string {
    const { beginning } = this;
    const first = typeof beginning === 'string' ? string(withDollars(beginning)) : exact(beginning.expression);
    const tags = this.tags.split(/\{\{=?(.+?)\}\}/).map((part, index) => (index % 2 ? part : string(part)));
    return [first, ...tags].filter((part) => part !== "''").join(' + ') || "''";
  }

  private print(known: (text: string) => string, late: (expression: string) => string): string {
    const { beginning } = this;
    return (typeof beginning === 'string' ? known(beginning) : tag(late(beginning.expression))) + this.tags;
  }
}

/** A text of a pod's template: no tag can begin in it, and Kubernetes, which looks through it, gives it as it was. */
export function exact(expression: string): string {
  return `replace(${withoutTags(expression)}, '$', '$$')`;
}

/** Where a key begins in the text of a place: after a text, or after so many slashes. */
type KeyPlace = { readonly after: string } | { readonly slashes: number };

/** The key in a text that the user gave. */
export function keyIn(text: Text, key: KeyPlace, expressionOf: (text: Exclude<Text, string>) => string): ArtifactText {
  if (!isRunValue(text)) {
    return new ArtifactText(
      'after' in key ? text.slice(key.after.length) : text.split('/').slice(key.slashes).join('/'),
    );
  }
  return new ArtifactText({ expression: keyExpression(expressionOf(text), key) });
}

/** The key in a text that only the run knows. */
export function keyExpression(text: string, key: KeyPlace): string {
  if ('slashes' in key) return `join(split(${text}, '/')[${key.slashes}:], '/')`;
  return key.after === '' ? text : `trimPrefix(${text}, ${string(key.after)})`;
}
