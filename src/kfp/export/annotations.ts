import type {
  ComponentDefinition,
  ParameterType,
  PortDefinition,
  PythonImplementation,
} from '../../components/definition';
import { SYSTEM_ARTIFACTS } from '../../components/system-artifacts';
import { parametersOf, type SignatureParameter } from '../ir/signature';

/** What KFP's executor understands in an annotation without an import. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['str', 'int', 'float', 'bool', 'list', 'dict', 'List', 'Dict', 'Optional', 'None', 'NamedTuple', 'Any'],
  ...['Input', 'Output', 'InputPath', 'OutputPath', 'EmbeddedInput', 'PipelineTaskFinalStatus', 'TaskConfig'],
  ...SYSTEM_ARTIFACTS,
]);

const TYPES: Readonly<Record<ParameterType, string>> = {
  STRING: 'str',
  NUMBER_INTEGER: 'int',
  NUMBER_DOUBLE: 'float',
  BOOLEAN: 'bool',
  LIST: 'list',
  STRUCT: 'dict',
  TASK_FINAL_STATUS: 'dsl.PipelineTaskFinalStatus',
  TASK_CONFIG: 'dsl.TaskConfig',
};

/**
 * The annotations of a component's function in words that KFP's executor knows, where its own ones hold others: `Literal`,
 * `str | None`, a name of its module. The executor goes by them when it runs the function, and leaves out what it does not
 * understand; the runtime here does not look at them. Undefined where they can stay.
 */
export function plainAnnotations(
  component: Pick<ComponentDefinition, 'inputs' | 'outputs'>,
  implementation: PythonImplementation,
): string | undefined {
  const { source, function: name, classes = {} } = implementation;
  const parameters = parametersOf(source, name);
  const returned = returnAnnotation(source, name);
  if (!parameters || returned === undefined) return undefined;
  const texts = [...parameters.map(({ annotation }) => annotation), returned];
  if (texts.every((text) => isPlain(text, classes))) return undefined;
  return `${name}.__annotations__ = {${[...annotated(component, implementation, parameters)].join(', ')}}\n`;
}

function* annotated(
  { inputs, outputs }: Pick<ComponentDefinition, 'inputs' | 'outputs'>,
  { paths = [], classes = {} }: PythonImplementation,
  parameters: readonly SignatureParameter[],
): Generator<string> {
  const names = new Set(parameters.map(({ name }) => name));
  const known = new Map(Object.entries(classes).map(([name, title]) => [title, name]));
  const typeName = (port: PortDefinition) => (port.kind === 'artifact' && known.get(port.type)) || plainType(port);
  const inputType = (port: PortDefinition) => {
    if (port.kind === 'parameter') return TYPES[port.type];
    return port.list ? `dsl.Input[List[${typeName(port)}]]` : `dsl.Input[${typeName(port)}]`;
  };
  for (const [name, port] of Object.entries(inputs)) {
    if (names.has(name)) yield entry(name, paths.includes(name) ? `dsl.InputPath(${pathType(port)})` : inputType(port));
  }
  const returned: string[] = [];
  for (const [name, port] of Object.entries(outputs)) {
    if (!names.has(name)) returned.push(name);
    else
      yield entry(name, paths.includes(name) ? `dsl.OutputPath(${pathType(port)})` : `dsl.Output[${typeName(port)}]`);
  }
  if (returned.length === 1 && returned[0] === 'Output') yield entry('return', typeName(outputs.Output!));
  else if (returned.length > 0) {
    const fields = returned.map((name) => `(${JSON.stringify(name)}, ${typeName(outputs[name]!)})`);
    yield entry('return', `NamedTuple("Outputs", [${fields.join(', ')}])`);
  }
}

function entry(name: string, type: string): string {
  return `${JSON.stringify(name)}: ${type}`;
}

/** The executor asks only whether a path is that of a parameter. */
function pathType(port: PortDefinition): string {
  return port.kind === 'parameter' ? TYPES[port.type] : 'dsl.Artifact';
}

/** The class of an artifact is chosen by its title when the function runs; this one stands in for what has none. */
function plainType(port: PortDefinition): string {
  if (port.kind === 'parameter') return TYPES[port.type];
  const [space, own] = port.type.split('.');
  return space === 'system' && own !== undefined && KNOWN.has(own) ? `dsl.${own}` : 'dsl.Artifact';
}

function isPlain(annotation: string, classes: Readonly<Record<string, string>>): boolean {
  if (annotation.includes('|')) return false;
  const withoutTexts = annotation.replace(/"[^"]*"|'[^']*'/g, '');
  const names = withoutTexts.match(/[A-Za-z_][\w.]*/g) ?? [];
  return names.every((name) => KNOWN.has(name.replace(/^(kfp\.)?dsl\./, '')) || Object.hasOwn(classes, name));
}

/** What a function returns, as its `def` has it; undefined where the end of that is not found. */
function returnAnnotation(source: string, name: string): string | undefined {
  const start = source.search(new RegExp(`^(?:async[ \\t]+)?def[ \\t]+${name}[ \\t]*\\(`, 'm'));
  if (start < 0) return undefined;
  const [header] = /^[\s\S]*?:[ \t]*(?:#[^\n]*)?(?:\n|$)/.exec(source.slice(start)) ?? [];
  const [, returned] = /->([\s\S]*):[^:]*$/.exec(header ?? '') ?? [];
  return returned?.trim() ?? '';
}
