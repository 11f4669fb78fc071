import type { Json } from '../../src/components/definition';
import { encodeJson } from '../../src/values/codec';
import { type Any, evaluate } from './expression';
import { type Ast, parse } from './expression-parser';

/** Variables by the names that Argo gives them (`inputs.parameters.x`). Null is what something skipped did not give. */
export type Environment = Readonly<Record<string, string | null>>;

/** A tag or an expression reads something that has no value, so that the engine tries again and again, for ever. */
export class Hangs extends Error {}

/** An expression could not be evaluated: what holds it errors, and no more. */
export class ExpressionFailed extends Error {}

/**
 * A text, its tags replaced as Argo does it.
 *
 * @throws Hangs where a tag reads an output that is not there
 * @throws ExpressionFailed where an expression fails
 */
export function replaceTags(text: string, environment: Environment): string {
  let result = '';
  let rest = text;
  for (let start = rest.indexOf('{{'); start >= 0; start = rest.indexOf('{{')) {
    const end = rest.indexOf('}}', start + 2);
    if (end < 0) throw new Error(`a tag has no end: ${text}`);
    const tag = rest.slice(start + 2, end);
    result +=
      rest.slice(0, start) + (tag.startsWith('=') ? ofExpression(tag.slice(1), environment) : ofTag(tag, environment));
    rest = rest.slice(end + 2);
  }
  return result + rest;
}

/** The variables as one tree, which expressions read. */
export function namesOf(environment: Environment): { readonly [key: string]: Any } {
  const root: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(environment)) {
    const parts = name.split('.');
    let at = root;
    for (const part of parts.slice(0, -1)) {
      if (!Object.hasOwn(at, part)) at[part] = {};
      at = at[part] as Record<string, unknown>;
    }
    at[parts.at(-1)!] = value;
  }
  return root as { readonly [key: string]: Any };
}

function ofTag(tag: string, environment: Environment): string {
  const name = tag.trim();
  if (!Object.hasOwn(environment, name)) throw new Hangs(`{{${name}}} has no value`);
  const value = environment[name]!;
  if (value === null) throw new Error(`{{${name}}} reads what something that was skipped did not give`);
  // Argo writes it in Go's notation, which is no JSON for these.
  if ([...value].some(isGoNotation)) {
    throw new Error(`{{${name}}} holds what Argo cannot pass on: ${JSON.stringify(value)}`);
  }
  return value;
}

function isGoNotation(character: string): boolean {
  if (character > '\uffff') return !/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character);
  return (character < ' ' && !'\b\t\n\f\r'.includes(character)) || character === '\x7f';
}

function ofExpression(expression: string, environment: Environment): string {
  for (const path of requiredPaths(parse(expression))) {
    if (isKnown(path, environment)) continue;
    throw new Hangs(`${path} has no value, which {{=${expression}}} reads`);
  }
  let value: Any;
  try {
    value = evaluate(expression, namesOf(environment));
  } catch (error) {
    throw new ExpressionFailed(`{{=${expression}}}: ${(error as Error).message}`);
  }
  if (value === null) throw new ExpressionFailed(`{{=${expression}}} gives nothing`);
  return typeof value === 'string' ? value : encodeJson(value as Json);
}

function isKnown(path: string, environment: Environment): boolean {
  return Object.keys(environment).some((name) => name === path || name.startsWith(`${path}.`));
}

const REQUIRED = new WeakMap<Ast, readonly string[]>();

/** What Argo looks up before it evaluates: every path of names, but for those that `?.` or `??` guard. */
function requiredPaths(ast: Ast): readonly string[] {
  let paths = REQUIRED.get(ast);
  if (!paths) {
    paths = [...new Set(pathsIn(ast, false))];
    REQUIRED.set(ast, paths);
  }
  return paths;
}

function pathsIn(ast: Ast, isGuarded: boolean): readonly string[] {
  const inside = (guarded: boolean, ...parts: readonly (Ast | undefined)[]) =>
    parts.flatMap((part) => (part ? pathsIn(part, guarded) : []));
  switch (ast.kind) {
    case 'constant':
    case 'item':
      return [];
    case 'name':
      return [ast.name];
    case 'list':
      return inside(isGuarded, ...ast.items);
    case 'map':
      return inside(isGuarded, ...ast.members.flat());
    case 'chain':
      return inside(isGuarded, ast.of);
    case 'member': {
      const own = isGuarded ? undefined : pathOf(ast);
      // What stands before a `?.` is guarded; what stands before that is not.
      const before =
        ast.optional && ast.of.kind === 'member' ? inside(isGuarded, ast.of.of, ast.of.key) : inside(isGuarded, ast.of);
      return [...(own === undefined ? [] : [own]), ...before, ...inside(isGuarded, ast.key)];
    }
    case 'slice':
      return inside(isGuarded, ast.of, ast.from, ast.to);
    case 'call':
      return inside(isGuarded, ...ast.args);
    case 'unary':
      return inside(isGuarded, ast.operand);
    case 'binary':
      return [...inside(isGuarded || ast.operator === '??', ast.left), ...inside(isGuarded, ast.right)];
    case 'ternary':
      return inside(isGuarded, ast.condition, ast.then, ast.otherwise);
  }
}

function pathOf(ast: Ast): string | undefined {
  if (ast.kind === 'name') return ast.name;
  if (ast.kind !== 'member' || ast.optional || ast.key.kind !== 'constant' || typeof ast.key.value !== 'string')
    return undefined;
  const before = pathOf(ast.of);
  return before === undefined ? undefined : `${before}.${ast.key.value}`;
}
