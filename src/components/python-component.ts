import { type Diagnostic, isWarning } from '../diagnostic';
import { memberOf } from '../graph/member';
import { displayName, parsePythonFiles } from '../python/parser';
import { bindingPropsOf, PythonFile } from '../python/python-file';
import type { Value } from '../values/value';
import { Component } from './component';
import type { ComponentDefinition, ElementType, PortDefinition } from './definition';
import {
  definitionOfPort,
  type InputPorts,
  type InputsOf,
  type OutputPorts,
  type OutputsOf,
  type ReturnOf,
} from './ports';

/** Inputs of a component whose interface the compiler does not know. They are checked at synth. */
// biome-ignore lint/suspicious/noExplicitAny: the untyped door; bindings are the typed one
export type UntypedInputs = Record<string, any>;

/** An output of a component whose interface the compiler does not know. */
// biome-ignore lint/suspicious/noExplicitAny: the untyped door; bindings are the typed one
export type UntypedValue = Value<any>;

/** A component that is a function of a Python file. */
export class PythonComponent<in I, out O, out R> extends Component<I, O, R> {
  /**
   * A function of a Python file, without bindings: nothing is checked before synth. The file is read by Python when the
   * component is first used. Prefer `cdk8s-kfp import`, whose bindings the compiler checks.
   *
   * What is wrong with the file or the function is reported when a pipeline uses the component; nothing is thrown.
   *
   * @param file path from the working directory
   * @param fn the name of a function decorated with `@dsl.component`
   */
  public static fromFile(
    file: string,
    fn: string,
  ): PythonComponent<UntypedInputs, Record<string, UntypedValue>, UntypedValue>;
  /**
   * A function of a Python file whose ports are declared by hand, so that the compiler checks its uses. Synth checks that
   * the declaration is what the Python file says.
   *
   * @param file path from the working directory
   * @param fn the name of a function decorated with `@dsl.component`
   * @param ports inputs and outputs: `{ inputs: { rows: Dataset, lr: float(0.1) }, outputs: { model: Model } }`; a return
   *   value is the output `Output`, and an input is optional by having a default or by `optional(…)`
   */
  public static fromFile<const I extends InputPorts = {}, const O extends OutputPorts = {}>(
    file: string,
    fn: string,
    ports: DeclaredPorts<I, O>,
  ): PythonComponent<InputsOf<I>, OutputsOf<O>, ReturnOf<O>>;
  public static fromFile(
    file: string,
    fn: string,
    ports?: DeclaredPorts<InputPorts, OutputPorts>,
  ): PythonComponent<never, unknown, unknown> {
    let found: Found | undefined;
    const find = () => {
      found ??= findFunction(file, fn, ports);
      return found;
    };
    return new PythonComponent(
      () => find().definition,
      () => find().problems,
      () => find().companions,
    );
  }
}

/** Ports of a Python function, declared by hand. */
export interface DeclaredPorts<I extends InputPorts, O extends OutputPorts> {
  /** Inputs by name. @default - none */
  readonly inputs?: I | undefined;
  /** Outputs by name; a return value is `Output`. @default - none */
  readonly outputs?: O | undefined;
}

interface Found {
  readonly definition: ComponentDefinition;
  readonly problems: readonly Diagnostic[];
  readonly companions: readonly ComponentDefinition[];
}

function findFunction(file: string, fn: string, ports?: DeclaredPorts<InputPorts, OutputPorts>): Found {
  const name = displayName(file);
  const { files, components, diagnostics } = parsePythonFiles([file]);
  const about = diagnostics.filter((diagnostic) => diagnostic.function === undefined || diagnostic.function === fn);
  const problems: Diagnostic[] = about.map(({ function: _, ...diagnostic }) => diagnostic);
  const parsed = components.find((component) => component.name === fn);
  const digest = files[0]?.digest;
  if (parsed && digest !== undefined) {
    // All components of the file ship together, whichever of them is asked for.
    const source = new PythonFile(name, { digest });
    const all = new Map(components.map((each) => [each.name, source.component(each.name, bindingPropsOf(each))]));
    const { definition, problems: more, companions } = all.get(fn)!;
    const differences = ports ? declarationProblems(definition, ports, placeOf(definition)) : [];
    return { definition, problems: [...problems, ...more, ...differences], companions };
  }
  if (problems.every(isWarning)) {
    const names = components.map((component) => component.name).join(', ');
    const mend = names ? `its components are ${names}` : 'decorate the function with @dsl.component';
    problems.push({ code: 'KFP1106', at: name, message: `${name} has no component ${fn}`, mend });
  }
  return { definition: placeholder(name, fn), problems, companions: [] };
}

function placeOf({ implementation }: ComponentDefinition) {
  const { file, line } = implementation as { readonly file: string; readonly line: number };
  return { file, at: `${file}:${line}`, what: 'Python' };
}

/** Stands in for a component that could not be read; its problems stop synth. */
function placeholder(file: string, fn: string): ComponentDefinition {
  const implementation = { kind: 'python', file, function: fn, line: 1, source: '', image: '' } as const;
  return { name: fn, inputs: {}, outputs: {}, implementation };
}

/** Where a declaration by hand differs from what the file of the component says. */
export function declarationProblems(
  definition: ComponentDefinition,
  ports: DeclaredPorts<InputPorts, OutputPorts>,
  { file, at, what }: { readonly file: string; readonly at: string; readonly what: string },
): Diagnostic[] {
  const sides = [
    ['input', definition.inputs, ports.inputs ?? {}],
    ['output', definition.outputs, ports.outputs ?? {}],
  ] as const;
  return sides.flatMap(([side, actual, declared]) =>
    [...new Set([...Object.keys(actual), ...Object.keys(declared)])].flatMap((name): Diagnostic[] => {
      const python = promised(side, memberOf(actual, name));
      const port = promised(side, Object.hasOwn(declared, name) ? definitionOfPort(declared[name]!) : undefined);
      // The engine gives a final status; nobody declares it.
      if (!port && python?.kind === 'parameter' && python.type === 'TASK_FINAL_STATUS') return [];
      if (agree(port, python)) return [];
      const said = port ? `is declared as ${describePort(port)}` : 'is not declared';
      const is = python ? `says ${describePort(python)}` : 'has none';
      const message = `the ${side} '${name}' of ${definition.name} ${said}, but ${file} ${is}`;
      const mend = python ? `declare it as the ${what} file does` : 'leave it out';
      return [{ code: 'KFP1109', at, message, mend }];
    }),
  );
}

/** What readers know of a port: they are told of no artifact that it may have been left out. */
function promised(side: 'input' | 'output', port: PortDefinition | undefined): PortDefinition | undefined {
  if (side === 'input' || port?.kind !== 'artifact') return port;
  const { optional: _, ...promise } = port;
  return promise;
}

/** Whether a declared port is what Python says. Either may leave open what a list holds. */
function agree(declared: PortDefinition | undefined, python: PortDefinition | undefined): boolean {
  if (!declared || !python) return declared === python;
  if (Boolean(declared.optional) !== Boolean(python.optional)) return false;
  if (declared.kind === 'parameter' && python.kind === 'parameter') return sameType(declared, python);
  return declared.type === python.type && isList(declared) === isList(python);
}

function sameType(a: ElementType, b: ElementType): boolean {
  return a.type === b.type && (!a.element || !b.element || sameType(a.element, b.element));
}

function isList(port: PortDefinition): boolean {
  return port.kind === 'artifact' && port.list === true;
}

function describePort(port: PortDefinition): string {
  const type = port.kind === 'parameter' ? describeType(port) : `${port.type}${port.list ? ' list' : ''}`;
  return `${port.optional ? 'optional ' : ''}${type}`;
}

function describeType({ type, element }: ElementType): string {
  return element ? `${type} of ${describeType(element)}` : type;
}
