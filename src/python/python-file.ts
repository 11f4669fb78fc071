import { readFileSync } from 'node:fs';
import { Component, type ReturnsNothing, type Unavailable } from '../components/component';
import type { ComponentDefinition, PortDefinition, PythonImplementation } from '../components/definition';
import type { Diagnostic } from '../diagnostic';
import type { ParsedComponent } from './parser';
import { digestOf, type LineSpan, normaliseText, sliceText } from './source-text';

/** What a binding knows of a component: everything but the text of its function. */
export interface PythonBindingProps
  extends Omit<PythonImplementation, 'kind' | 'file' | 'function' | 'source' | 'line'> {
  /** What the component does. @default - none */
  readonly description?: string;
  /** The line of the function's `def`. */
  readonly line: number;
  /** The lines that ship: helpers first, then the function. */
  readonly sources: readonly LineSpan[];
  readonly inputs: Readonly<Record<string, PortDefinition>>;
  readonly outputs: Readonly<Record<string, PortDefinition>>;
}

/** What a binding of a parsed component has to know. */
export function bindingPropsOf(parsed: ParsedComponent): PythonBindingProps {
  const { kind: _kind, file: _file, function: _function, line, ...settings } = parsed.implementation;
  const described = parsed.description === undefined ? {} : { description: parsed.description };
  return { ...described, line, sources: parsed.sources, ...settings, inputs: parsed.inputs, outputs: parsed.outputs };
}

/** Props of {@link PythonFile}. */
export interface PythonFileProps {
  /** The digest that the file had when its bindings were written. */
  readonly digest: string;
}

/**
 * A Python file, as generated bindings refer to it. It is read once, when a component's source is first needed. A file
 * that is missing or has changed is reported when a pipeline uses one of its components, not when bindings are loaded.
 */
export class PythonFile {
  private readonly definitions: (() => ComponentDefinition)[] = [];
  private state?: { readonly text?: string; readonly problems: readonly Diagnostic[] };

  /**
   * @param file path from the working directory, with forward slashes
   * @param props what the bindings know of the file
   */
  public constructor(
    private readonly file: string,
    private readonly props: PythonFileProps,
  ) {}

  /**
   * A component of this file.
   *
   * @param fn the name of its function
   * @param props what the bindings know of it
   */
  public component<I, O, R = Unavailable<ReturnsNothing>>(fn: string, props: PythonBindingProps): Component<I, O, R> {
    let definition: ComponentDefinition | undefined;
    const load = () => {
      definition ??= this.define(fn, props);
      return definition;
    };
    this.definitions.push(load);
    return new Component<I, O, R>(
      load,
      () => this.read().problems,
      () => this.definitions.map((each) => each()),
    );
  }

  private define(fn: string, props: PythonBindingProps): ComponentDefinition {
    const { description, inputs, outputs, sources, ...implementation } = props;
    const { text } = this.read();
    return {
      name: fn,
      ...(description !== undefined && { description }),
      inputs,
      outputs,
      implementation: {
        kind: 'python',
        file: this.file,
        function: fn,
        ...implementation,
        // without the file there is a problem to report, and nothing that could ship
        source: text === undefined ? '' : sliceText(text, sources),
      },
    };
  }

  private read(): { readonly text?: string; readonly problems: readonly Diagnostic[] } {
    this.state ??= this.readOnce();
    return this.state;
  }

  private readOnce(): { readonly text?: string; readonly problems: readonly Diagnostic[] } {
    let text: string;
    try {
      text = normaliseText(readFileSync(this.file, 'utf8'));
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      const message = `cannot read ${this.file}, the file of these bindings: ${reason}`;
      const mend = 'run from the folder that the path starts in, or import the file from where it is now';
      return { problems: [{ code: 'KFP1102', at: this.file, message, mend }] };
    }
    if (digestOf(text) === this.props.digest) return { text, problems: [] };
    const message = `${this.file} changed since its bindings were written`;
    const mend = `run \`npx cdk8s-kfp import ${this.file}\``;
    return { problems: [{ code: 'KFP1101', at: this.file, message, mend }] };
  }
}
