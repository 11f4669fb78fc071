import type { Construct } from 'constructs';

/** What a prop is, for those whom no compiler tells. `!`: it must be given. */
type Kind = keyof typeof KINDS | `${keyof typeof KINDS}!`;

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

const has = (method: string) => (value: unknown) => typeof (value as Record<string, unknown>)[method] === 'function';

const KINDS = {
  'a text': (value: unknown) => typeof value === 'string',
  'true or false': (value: unknown) => typeof value === 'boolean',
  'a list': Array.isArray,
  'an object': isObject,
  'a text or an object': (value: unknown) => typeof value === 'string' || isObject(value),
  'true, false or an object': (value: unknown) => typeof value === 'boolean' || isObject(value),
  'false or an object': (value: unknown) => value === false || isObject(value),
  'a Duration of cdk8s': has('toSeconds'),
  'a Size of cdk8s': has('toMebibytes'),
  'a Size of cdk8s or a text': (value: unknown) => typeof value === 'string' || has('toMebibytes')(value),
  'a provider': has('provide'),
  'a key of a Secret, { secret, key }': (value: unknown) =>
    isObject(value) && typeof (value as { key?: unknown }).key === 'string',
} as const;

/**
 * Sees that props are what TypeScript wants them to be, before anything is made of them: in JavaScript nobody has.
 *
 * @param place where they stand, where that is not the construct's props themselves: `limits`
 * @throws where some are not, all of which it names
 */
export function expectKinds(
  construct: Construct,
  props: object | undefined,
  kinds: Readonly<Record<string, Kind>>,
  place?: string,
): void {
  expectAllKinds(construct, [{ props, kinds, place }]);
}

/** Some props, what they must be, and where they stand, where that is not the construct's props themselves. */
export interface KindsOf {
  readonly props: object | undefined;
  readonly kinds: Readonly<Record<string, Kind>>;
  readonly place?: string | undefined;
}

/**
 * The same for props that stand in several places.
 *
 * @throws where some are not what they must be, all of which it names
 */
export function expectAllKinds(construct: Construct, all: readonly KindsOf[]): void {
  const wrong = all.flatMap(kindProblems);
  if (wrong.length > 0) throw new Error(`'${construct.node.path}': ${wrong.join(', ')}.`);
}

function kindProblems({ props, kinds, place }: KindsOf): string[] {
  const given = (props ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(kinds).flatMap(([name, kind]) => {
    const value = given[name];
    const isNeeded = kind.endsWith('!');
    const wanted = (isNeeded ? kind.slice(0, -1) : kind) as keyof typeof KINDS;
    if (value === undefined ? !isNeeded : value !== null && KINDS[wanted](value)) return [];
    return [`\`${place === undefined ? name : `${place}.${name}`}\` must be ${wanted}`];
  });
}
