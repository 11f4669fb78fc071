import type { ContainerArgument, ContainerArguments, ContainerReference, Json } from './definition';

/** An element of the command line of a component's YAML, in the order that it is evaluated in. */
export type YamlArgument =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reference'; readonly reference: ContainerReference }
  /** All inputs and outputs as JSON: KFP's ExecutorInput. */
  | { readonly kind: 'executor-input' }
  | { readonly kind: 'concat'; readonly items: readonly YamlArgument[] }
  | {
      readonly kind: 'if';
      readonly input: string;
      readonly given: readonly YamlArgument[];
      readonly absent: readonly YamlArgument[];
    };

/** Where something stands in the document. */
export type Place = readonly (string | number)[];

/** Says what is wrong at a place of the document. */
export type Say = (code: string, place: Place, message: string, mend: string) => void;

/** The placeholders that stand for one input or output, and what they are among references. */
const REFERENCES: Readonly<Record<string, ContainerReference['ref']>> = {
  inputValue: 'input-value',
  inputPath: 'input-path',
  inputUri: 'input-uri',
  outputPath: 'output-path',
  outputUri: 'output-uri',
};

/** How the names of ports are written in KFP's documents: lower case, one underscore for all that is no letter or digit. */
export function portName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^_0-9a-z]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** How the names of components are written there: lower case, one hyphen for all that is no letter or digit. */
export function componentName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^0-9a-z]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Reads elements of a command line. What is wrong is said, and left out. */
export function readArguments(value: Json | undefined, place: Place, say: Say): readonly YamlArgument[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((each, index) => readArgument(each as Json, [...place, index], say));
  say('KFP1601', place, 'a list of arguments is expected', LIST);
  return [];
}

const LIST = 'write one argument to a line, each after a dash';
const PLACEHOLDERS = `${Object.keys(REFERENCES).join(', ')}, executorInput, concat and if`;

/** Reads one element; none where it is wrong. */
export function readArgument(value: Json, place: Place, say: Say): readonly YamlArgument[] {
  if (typeof value === 'string') return [{ kind: 'text', text: value }];
  if (typeof value === 'number' || typeof value === 'boolean') {
    say('KFP1601', place, `an argument is text, not ${JSON.stringify(value)}`, 'put it in quotes');
    return [];
  }
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const [[key, content] = ['', null], ...more] = entries as [string, Json][];
  if (entries.length === 0 || more.length > 0) {
    say('KFP1601', place, 'an argument is text, or one placeholder', `the placeholders are ${PLACEHOLDERS}`);
    return [];
  }
  const here = [...place, key];
  if (Object.hasOwn(REFERENCES, key)) {
    if (typeof content === 'string') {
      return [{ kind: 'reference', reference: { ref: REFERENCES[key]!, name: portName(content) } }];
    }
    say('KFP1601', here, 'the name of an input or an output is expected', `write {${key}: Name}`);
    return [];
  }
  if (key === 'executorInput') return [{ kind: 'executor-input' }];
  if (key === 'concat') return [{ kind: 'concat', items: readArguments(content, here, say) }];
  if (key === 'if') return readIf(content, here, say);
  say('KFP1604', here, `'${key}' is no placeholder that can be given`, `the placeholders are ${PLACEHOLDERS}`);
  return [];
}

function readIf(content: Json, place: Place, say: Say): readonly YamlArgument[] {
  const { cond, then, else: otherwise } = (isObject(content) ? content : {}) as { readonly [key: string]: Json };
  const branch = (value: Json | undefined, name: string) =>
    Array.isArray(value) || value === undefined
      ? readArguments(value, [...place, name], say)
      : readArgument(value, [...place, name], say);
  const given = branch(then, 'then');
  const absent = branch(otherwise ?? undefined, 'else');
  // What is known at once needs no condition.
  if (cond === true || cond === 'true') return given;
  if (cond === false || cond === 'false') return absent;
  const input = isObject(cond) ? cond.isPresent : undefined;
  if (typeof input === 'string') return [{ kind: 'if', input: portName(input), given, absent }];
  say(
    'KFP1604',
    [...place, 'cond'],
    'the condition is not whether an input is present',
    'write cond: {isPresent: Name}',
  );
  return [];
}

/** All references among elements. */
export function referencesIn(elements: readonly YamlArgument[]): readonly ContainerReference[] {
  return elements.flatMap((each) => {
    switch (each.kind) {
      case 'reference':
        return [each.reference];
      case 'concat':
        return referencesIn(each.items);
      case 'if':
        return [...referencesIn(each.given), ...referencesIn(each.absent)];
      default:
        return [];
    }
  });
}

/** The inputs on whose presence elements depend. */
export function conditionsIn(elements: readonly YamlArgument[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const each of elements) {
    if (each.kind === 'concat') for (const input of conditionsIn(each.items)) found.add(input);
    if (each.kind !== 'if') continue;
    found.add(each.input);
    for (const input of conditionsIn([...each.given, ...each.absent])) found.add(input);
  }
  return found;
}

/** Whether something needs all inputs and outputs as JSON. */
export function needsExecutorInput(elements: readonly YamlArgument[]): boolean {
  return elements.some((each) => {
    if (each.kind === 'concat') return needsExecutorInput(each.items);
    return (
      each.kind === 'executor-input' || (each.kind === 'if' && needsExecutorInput([...each.given, ...each.absent]))
    );
  });
}

/**
 * The arguments that an element stands for; undefined where they depend on more than one input at once.
 *
 * @param isOptional whether only the run knows whether an input is given
 */
export function lowerArgument(
  element: YamlArgument,
  isOptional: (input: string) => boolean,
): ContainerArguments | undefined {
  const [input, ...more] = [...conditionsIn([element])].filter(isOptional);
  if (more.length > 0) return undefined;
  if (input === undefined) return chosen(element, () => true);
  const [given, absent] = [true, false].map((isGiven) => chosen(element, (each) => each !== input || isGiven));
  // biome-ignore lint/suspicious/noThenProperty: KFP's word, in data that nobody awaits
  return [{ ifPresent: input, then: given!, ...(absent!.length > 0 && { else: absent! }) }];
}

function chosen(element: YamlArgument, isGiven: (input: string) => boolean): readonly ContainerArgument[] {
  switch (element.kind) {
    case 'if':
      return (isGiven(element.input) ? element.given : element.absent).flatMap((each) => chosen(each, isGiven));
    case 'concat': {
      const parts = element.items.flatMap((each) => chosen(each, isGiven)).flatMap(partsOf);
      return [parts.every((part) => typeof part === 'string') ? parts.join('') : { parts }];
    }
    case 'reference':
      return [{ parts: [element.reference] }];
    case 'text':
      return [element.text];
    case 'executor-input':
      return ['{{$}}'];
  }
}

function partsOf(argument: ContainerArgument): readonly (string | ContainerReference)[] {
  return typeof argument === 'string' ? [argument] : argument.parts;
}

/** True for a JSON object. */
export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
