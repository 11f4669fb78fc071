import type { Diagnostic } from '../diagnostic';
import { displayName, parsePythonFiles } from '../python/parser';
import { bindingPropsOf, PythonFile } from '../python/python-file';
import type { Value } from '../values/value';
import { Component } from './component';
import type { ComponentDefinition } from './definition';

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
  ): PythonComponent<UntypedInputs, Record<string, UntypedValue>, UntypedValue> {
    let found: Found | undefined;
    const find = () => {
      found ??= findFunction(file, fn);
      return found;
    };
    return new PythonComponent(
      () => find().definition,
      () => find().problems,
      () => find().companions,
    );
  }
}

interface Found {
  readonly definition: ComponentDefinition;
  readonly problems: readonly Diagnostic[];
  readonly companions: readonly ComponentDefinition[];
}

function findFunction(file: string, fn: string): Found {
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
    return { definition, problems: [...problems, ...more], companions };
  }
  if (!problems.some(({ severity }) => severity !== 'warning')) {
    const names = components.map((component) => component.name).join(', ');
    const mend = names ? `its components are ${names}` : 'decorate the function with @dsl.component';
    problems.push({ code: 'KFP1106', at: name, message: `${name} has no component ${fn}`, mend });
  }
  return { definition: placeholder(name, fn), problems, companions: [] };
}

/** Stands in for a component that could not be read; its problems stop synth. */
function placeholder(file: string, fn: string): ComponentDefinition {
  const implementation = { kind: 'python', file, function: fn, line: 1, source: '', image: '' } as const;
  return { name: fn, inputs: {}, outputs: {}, implementation };
}
