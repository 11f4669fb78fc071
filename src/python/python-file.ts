import { readFileSync } from 'node:fs';
import { Component, type ReturnsNothing, type Unavailable } from '../components/component';
import type { ComponentDefinition, PortDefinition, PythonImplementation } from '../components/definition';
import type { Diagnostic } from '../diagnostic';
import { type NotebookBinding, NotebookProblem, readNotebook } from './notebook';
import type { ParsedComponent } from './parser';
import { digestOf, type LineSpan, normaliseText, sliceText } from './source-text';

/** What a binding knows of a component: everything but the text of its function. */
export interface PythonBindingProps
  extends Omit<PythonImplementation, 'kind' | 'file' | 'function' | 'source' | 'line' | 'notebook'> {
  /** What the component does. @default - none */
  readonly description?: string;
  /** The line of the function's `def`. */
  readonly line: number;
  /** The lines that ship: helpers first, then the function. */
  readonly sources: readonly LineSpan[];
  readonly inputs: Readonly<Record<string, PortDefinition>>;
  readonly outputs: Readonly<Record<string, PortDefinition>>;
  /** The notebook that the function runs. @default - none */
  readonly notebook?: NotebookBinding;
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

/** What was read of a file, and what is wrong with it. */
interface Read {
  readonly text?: string;
  readonly problems: readonly Diagnostic[];
}

/**
 * A Python file, as generated bindings refer to it. It is read once, when a component's source is first needed, and so are
 * the notebooks of its components. A file that is missing or has changed is reported when a pipeline uses one of its
 * components, not when bindings are loaded.
 */
export class PythonFile {
  private readonly definitions: (() => ComponentDefinition)[] = [];
  private readonly notebooks: (() => Read)[] = [];
  private state?: Read;

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
    const { notebook } = props;
    const readNotebook = notebook && once(() => this.readNotebook(notebook));
    if (readNotebook) this.notebooks.push(readNotebook);
    const load = once(() => this.define(fn, props, readNotebook?.().text));
    this.definitions.push(load);
    return new Component<I, O, R>(
      load,
      // All that a file holds ships together, so that any stale part of it is.
      () => [this.read(), ...this.notebooks.map((read) => read())].flatMap(({ problems }) => problems),
      () => this.definitions.map((each) => each()),
    );
  }

  private define(fn: string, props: PythonBindingProps, notebookText = ''): ComponentDefinition {
    const { description, inputs, outputs, sources, notebook, ...implementation } = props;
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
        ...(notebook && { notebook: { file: notebook.file, source: notebookText } }),
        // without the file there is a problem to report, and nothing that could ship
        source: text === undefined ? '' : sliceText(text, sources),
      },
    };
  }

  private read(): Read {
    this.state ??= this.readOnce();
    return this.state;
  }

  private readOnce(): Read {
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
    return { problems: [this.changed(this.file, `${this.file} changed since its bindings were written`)] };
  }

  private readNotebook({ file, digest }: NotebookBinding): Read {
    try {
      const notebook = readNotebook(file);
      if (notebook.digest === digest) return { text: notebook.text, problems: [] };
      return { problems: [this.changed(file, `${file} changed since the bindings of ${this.file} were written`)] };
    } catch (error) {
      if (!(error instanceof NotebookProblem)) throw error;
      const { code, message, mend } = error;
      return { problems: [{ code, at: file, message, mend }] };
    }
  }

  private changed(file: string, message: string): Diagnostic {
    return { code: 'KFP1101', at: file, message, mend: `run \`npx cdk8s-kfp import ${this.file}\`` };
  }
}

function once<T>(read: () => T): () => T {
  let value: { readonly it: T } | undefined;
  return () => {
    value ??= { it: read() };
    return value.it;
  };
}
