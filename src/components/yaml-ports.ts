import type { Json, ParameterType, PortDefinition } from './definition';
import { SYSTEM_ARTIFACTS } from './system-artifacts';
import { isObject, type Place, portName, type Say } from './yaml-arguments';

/** How a command line uses an input. */
export interface Use {
  readonly byValue: boolean;
}

/** The types of parameters, by the names that KFP knows; upper and lower case are the same. */
const PARAMETERS: Readonly<Record<string, ParameterType>> = {
  integer: 'NUMBER_INTEGER',
  int: 'NUMBER_INTEGER',
  double: 'NUMBER_DOUBLE',
  float: 'NUMBER_DOUBLE',
  string: 'STRING',
  str: 'STRING',
  text: 'STRING',
  bool: 'BOOLEAN',
  boolean: 'BOOLEAN',
  dict: 'STRUCT',
  list: 'LIST',
  jsonobject: 'STRUCT',
  jsonarray: 'LIST',
};

const ARTIFACTS: Readonly<Record<string, string>> = Object.fromEntries(
  SYSTEM_ARTIFACTS.map((name) => [name.toLowerCase(), `system.${name}`]),
);

/**
 * The port of an input. KFP takes one of no known type for an artifact; one whose value stands in the command line, or that has
 * a default, can only be a parameter, as it was in KFP 1.
 *
 * @param source gives a default as it is written
 */
export function inputPort(
  { name: _, type, default: given, optional, description }: { readonly [field: string]: Json },
  { byValue }: Use,
  place: Place,
  source: () => string,
  say: Say,
): PortDefinition {
  const about = typeof description === 'string' ? { description } : {};
  if (type === 'PipelineTaskFinalStatus') {
    return { kind: 'parameter', type: 'TASK_FINAL_STATUS', optional: true, ...about };
  }
  const hasDefault = given !== undefined && given !== null;
  const known = parameterType(type);
  const mayLack = optional === true || hasDefault ? { optional: true } : {};
  if (known === undefined && !byValue && !hasDefault) {
    return { kind: 'artifact', type: artifactType(type), ...mayLack, ...about };
  }
  // KFP has types with properties, such as {GCSPath: {…}}, for artifacts.
  const parameter = known ?? parameterType(isObject(type) ? Object.keys(type)[0] : undefined) ?? 'STRING';
  const value = hasDefault ? defaultOf(parameter, given, source) : undefined;
  if (hasDefault && value === undefined) {
    say('KFP1606', [...place, 'default'], `${JSON.stringify(given)} is no ${NAMES[parameter]}`, 'write such a default');
  }
  return { kind: 'parameter', type: parameter, ...mayLack, ...(value !== undefined && { default: value }), ...about };
}

/** The port of an output. */
export function outputPort({ type, description }: { readonly [field: string]: Json }): PortDefinition {
  const about = typeof description === 'string' ? { description } : {};
  const known = parameterType(type);
  return known
    ? { kind: 'parameter', type: known, ...about }
    : { kind: 'artifact', type: artifactType(type), ...about };
}

/** Reads a list of ports by their names; what is wrong is said, and left out. */
export function readPorts(
  value: Json | undefined,
  place: Place,
  say: Say,
): readonly { readonly name: string; readonly fields: { readonly [field: string]: Json }; readonly place: Place }[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    say('KFP1601', place, 'a list is expected', 'write one port to an element, each with a name');
    return [];
  }
  const names = new Map<string, string>();
  return value.flatMap((fields: Json, index) => {
    const here = [...place, index];
    const given = isObject(fields) ? fields.name : undefined;
    const name = typeof given === 'string' ? portName(given) : '';
    if (!isObject(fields) || name === '') {
      say('KFP1601', here, 'a name with a letter or a digit is expected', 'write {name: rows, type: Dataset}');
      return [];
    }
    const other = names.get(name);
    names.set(name, String(given));
    if (other === undefined) return [{ name, fields, place: here }];
    say('KFP1607', here, `'${given}' and '${other}' have one name, '${name}'`, 'rename one of them');
    return [];
  });
}

/** The parameter type of a name: `Integer`, `List[str]`, `typing.Dict[str, int]`; undefined for any other. */
function parameterType(type: Json | undefined): ParameterType | undefined {
  if (typeof type !== 'string') return undefined;
  const short = type.replace(/^typing\./, '');
  const outer = /^(list|dict)/i.test(short) ? short.split('[')[0]! : short;
  return Object.hasOwn(PARAMETERS, outer.toLowerCase()) ? PARAMETERS[outer.toLowerCase()] : undefined;
}

function artifactType(type: Json | undefined): string {
  if (typeof type !== 'string') return 'system.Artifact';
  if (/^google\.[A-Za-z]+$/.test(type)) return type;
  const name = type.toLowerCase();
  return Object.hasOwn(ARTIFACTS, name) ? ARTIFACTS[name]! : 'system.Artifact';
}

const NAMES: Readonly<Record<string, string>> = {
  STRING: 'string',
  NUMBER_INTEGER: 'int',
  NUMBER_DOUBLE: 'float',
  BOOLEAN: 'boolean',
  LIST: 'list',
  STRUCT: 'dict',
};

/** A default, which is text for any type in most files; undefined where it is no value of the type. */
function defaultOf(type: ParameterType, given: Json, source: () => string): Json | undefined {
  switch (type) {
    case 'STRING':
      return textOf(given, source);
    case 'NUMBER_INTEGER': {
      const number = typeof given === 'string' && /^\s*[-+]?[0-9]+\s*$/.test(given) ? Number(given) : given;
      return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : undefined;
    }
    case 'NUMBER_DOUBLE': {
      const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
      return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
    }
    case 'BOOLEAN': {
      if (typeof given === 'boolean') return given;
      const word = String(given).toLowerCase();
      if (['y', 'yes', 't', 'true', 'on', '1'].includes(word)) return true;
      return ['n', 'no', 'f', 'false', 'off', '0'].includes(word) ? false : undefined;
    }
    default: {
      const value = typeof given === 'string' ? json(given) : given;
      const fits = type === 'LIST' ? Array.isArray(value) : isObject(value);
      return fits ? value : undefined;
    }
  }
}

/** What Python makes of a value that YAML took for something else than text. */
function textOf(given: Json, source: () => string): string {
  if (typeof given === 'string') return given;
  if (typeof given === 'boolean') return given ? 'True' : 'False';
  if (typeof given === 'number' && Number.isInteger(given) && /[.eE]/.test(source())) return `${given}.0`;
  return typeof given === 'number' ? String(given) : JSON.stringify(given);
}

function json(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
