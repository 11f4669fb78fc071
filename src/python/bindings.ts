import type { ComponentDefinition, Json, PortDefinition } from '../components/definition';
import { type BindingNames, bindingNames } from './binding-names';
import type { ParsedComponent, ParsedFile } from './parser';
import { inputType, outputType, printLiteral, type UseName } from './port-types';
import { bindingPropsOf } from './python-file';

const LINE_WIDTH = 120;

/** What the bindings may import, so that no constant of theirs takes such a name. */
const IMPORTABLE = [
  ...['AnyArtifact', 'Artifact', 'ClassificationMetrics', 'Dataset', 'Float', 'GoogleArtifact', 'HTML', 'Int', 'Json'],
  ...[
    'List',
    'Markdown',
    'Metrics',
    'Model',
    'PythonFile',
    'SlicedClassificationMetrics',
    'Struct',
    'Value',
    'YamlComponent',
  ],
];

/**
 * The TypeScript bindings of a Python file: for each component two named interfaces, with the docstrings on hover, and
 * a typed constant. The same file always gives the same text.
 *
 * @param file path from the project's root, with forward slashes
 * @param parsed what the file holds
 */
export function generateBindings(file: string, parsed: ParsedFile): string {
  const used = new Set<string>();
  const use: UseName = (name) => {
    used.add(name);
    return name;
  };
  const taken = [...IMPORTABLE, 'file'];
  const names = bindingNames(
    parsed.components.map(({ name }) => name),
    taken,
  );
  const components = parsed.components.map((component, index) => printComponent(file, component, names[index]!, use));
  const digest = printLiteral(parsed.digest ?? '');
  return [
    `// Written by \`cdk8s-kfp import ${file}\`. Do not edit: change the Python file and run it again.`,
    `${printImport(used, 'PythonFile')}\n`,
    `const file = new PythonFile(${printLiteral(file)}, { digest: ${digest} });\n`,
    components.join('\n'),
  ].join('\n');
}

/**
 * The TypeScript bindings of a component in YAML.
 *
 * @param file path from the project's root, with forward slashes
 * @param definition what the file holds
 * @param digest the digest of its text
 */
export function generateYamlBindings(file: string, definition: ComponentDefinition, digest: string): string {
  const used = new Set<string>();
  const use: UseName = (name) => {
    used.add(name);
    return name;
  };
  const [names] = bindingNames([definition.name.replaceAll('-', '_').replace(/^(?=\d)/, '_')], IMPORTABLE);
  const parameters = Object.entries(definition.inputs).flatMap(([name, port]) =>
    port.kind === 'parameter' ? [[name, port] as const] : [],
  );
  const described: Described = {
    ...definition,
    inYaml: true,
    defaults: Object.fromEntries(
      parameters.flatMap(([name, port]) => (port.default === undefined ? [] : [[name, port.default]])),
    ),
    nullable: parameters.flatMap(([name, port]) => (port.optional && port.default === undefined ? [name] : [])),
  };
  const printed = printDeclarations(
    described,
    names!,
    use,
    file,
    (types) => `YamlComponent.bound<${types}>(${printLiteral(file)}, {\n  digest: ${printLiteral(digest)},\n})`,
  );
  return [
    `// Written by \`cdk8s-kfp import ${file}\`. Do not edit: change the YAML and run it again.`,
    `${printImport(used, 'YamlComponent')}\n`,
    printed,
  ].join('\n');
}

/** What is printed of a component's interface. */
interface Described
  extends Pick<ParsedComponent, 'name' | 'description' | 'inputs' | 'outputs' | 'defaults' | 'nullable'> {
  /** True where the file says everything of it, defaults too. */
  readonly inYaml?: boolean;
}

function printImport(used: ReadonlySet<string>, value: string): string {
  const specifiers = [...[...used].map((name) => [name, `type ${name}`] as const), [value, value] as const]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, specifier]) => specifier);
  const line = `import { ${specifiers.join(', ')} } from 'cdk8s-kfp';`;
  return line.length <= LINE_WIDTH ? line : `import {\n  ${specifiers.join(',\n  ')},\n} from 'cdk8s-kfp';`;
}

function printComponent(file: string, component: ParsedComponent, names: BindingNames, use: UseName): string {
  const call = `${printLiteral(component.name)}, ${printProps(component)}`;
  const place = `${file}:${component.implementation.line}`;
  return printDeclarations(component, names, use, place, (types) => `file.component<${types}>(${call})`);
}

/** Two named interfaces and a typed constant. */
function printDeclarations(
  component: Described,
  { constant, prefix }: BindingNames,
  use: UseName,
  place: string,
  made: (types: string) => string,
): string {
  const inputs = Object.entries(component.inputs).filter(([, port]) => port.type !== 'TASK_FINAL_STATUS');
  const returned = component.outputs.Output;
  const types = [`${prefix}Inputs`, `${prefix}Outputs`];
  if (returned) types.push(outputType(returned, use));
  return [
    `/** Inputs of {@link ${constant}}. */`,
    printInterface(
      `${prefix}Inputs`,
      // an empty interface would accept any property
      inputs.length === 0
        ? ['readonly [input: string]: never;']
        : inputs.map(([name, port]) => printInput(component, name, port, use)),
    ),
    '',
    `/** Outputs of {@link ${constant}}. */`,
    printInterface(
      `${prefix}Outputs`,
      Object.entries(component.outputs).map(([name, port]) => {
        const line = `readonly ${printName(name)}: ${outputType(port, use)};`;
        return withDoc(port.description, line);
      }),
    ),
    '',
    printDoc(component.description, place),
    `export const ${constant} = ${made(types.join(', '))};\n`,
  ].join('\n');
}

function printInterface(name: string, members: readonly string[]): string {
  if (members.length === 0) return `export interface ${name} {}`;
  const lines = members.flatMap((member) => member.split('\n')).map((line) => `  ${line}`);
  return `export interface ${name} {\n${lines.join('\n')}\n}`;
}

/** A name of a port: that of one in YAML may be any text. */
function printName(name: string): string {
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : printLiteral(name);
}

function printInput(component: Described, name: string, port: PortDefinition, use: UseName): string {
  const type = inputType(component, name, port, use);
  const given = Object.hasOwn(component.defaults, name) ? component.defaults[name] : undefined;
  const key = printName(name);
  const isDefaulted = port.optional && port.kind === 'parameter' && !(component.inYaml && given === undefined);
  const shown = given === undefined ? '' : printCode(component.inYaml ? JSON.stringify(given) : printPython(given));
  const inPython = shown ? `Default in Python: ${shown}.` : 'Has a default in Python.';
  const note = component.inYaml ? `Default: ${shown}.` : inPython;
  const doc = [port.description ?? '', isDefaulted ? note : ''].filter((part) => part !== '').join(' ');
  return withDoc(doc, port.optional ? `readonly ${key}?: ${type} | undefined;` : `readonly ${key}: ${type};`);
}

function withDoc(doc: string | undefined, line: string): string {
  return doc ? `${printDoc(doc)}\n${line}` : line;
}

/** A doc comment, with the place that it is about. No text can end the comment or become a tag. */
function printDoc(text = '', at = ''): string {
  const safe = withinComment(text)
    .replace(/^(\s*)@/gm, '$1\\@')
    .trim();
  const place = at && `(${withinComment(at)})`;
  const line = [safe, place].filter((part) => part !== '').join(' ');
  if (!line.includes('\n')) return `/** ${line} */`;
  const lines = [...safe.split('\n'), ...(place ? ['', place] : [])];
  return `/**\n${lines.map((each) => ` * ${each}`.trimEnd()).join('\n')}\n */`;
}

function withinComment(text: string): string {
  return text.replaceAll('*/', '*\\/');
}

function printProps(component: ParsedComponent): string {
  return printValue(bindingPropsOf(component) as unknown as Json, '', 1, 0);
}

/** Code in a doc comment, not too long. */
function printCode(code: string): string {
  const short = code.length <= 80 ? code : `${code.slice(0, 77)}...`;
  return short.includes('`') ? `\`\` ${short} \`\`` : `\`${short}\``;
}

/** A value as Python writes it. */
function printPython(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(printPython).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${printPython(item)}`)
    .join(', ')}}`;
}

/**
 * Plain data as TypeScript, on one line where it fits and where `open` does not ask for more levels on lines of their
 * own: the props, and in them one line for each port.
 *
 * @param before how much of the line is taken
 */
function printValue(value: Json, indent: string, open: number, before: number): string {
  const line = printOnOneLine(value);
  if (value === null || typeof value !== 'object') return line;
  if (open === 0 && before + line.length + 1 <= LINE_WIDTH) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => `${inner}${printValue(item, inner, 0, inner.length)},\n`).join('')}${indent}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const printed = entries.map(([key, item]) => {
    const start = `${inner}${printKey(key)}: `;
    const opened = open > 0 && (key === 'inputs' || key === 'outputs') ? 1 : 0;
    // TypeScript gives a key such as `constructor` the type that it has in every object
    const literal = key in Object.prototype ? ' as const' : '';
    return `${start}${printValue(item, inner, opened, start.length)}${literal},\n`;
  });
  return `{\n${printed.join('')}${indent}}`;
}

function printOnOneLine(value: Json): string {
  if (value === null || typeof value !== 'object')
    return value === null ? 'null' : printLiteral(value as string | number | boolean);
  if (Array.isArray(value)) return `[${value.map(printOnOneLine).join(', ')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${printKey(key)}: ${printOnOneLine(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** `__proto__:` in an object literal would set its prototype. */
function printKey(key: string): string {
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : printLiteral(key);
}
