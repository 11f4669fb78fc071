import { outputsAsInKfp } from './container-files';
import type { ComponentDefinition, ContainerArguments, Json, PortDefinition } from './definition';
import { isOptional } from './optional-arguments';
import {
  componentName,
  conditionsIn,
  isObject,
  lowerArgument,
  needsExecutorInput,
  type Place,
  portName,
  readArgument,
  readArguments,
  referencesIn,
  type Say,
  type YamlArgument,
} from './yaml-arguments';
import { inputPort, outputPort, readPorts } from './yaml-ports';
import { programText } from './yaml-program';

/** What a reader of a component's YAML says, and where. */
export interface YamlReader {
  readonly error: Say;
  readonly warn: Say;
  /** The text after the colon, of the member at a place. */
  source(place: Place): string;
}

const KNOWN = {
  component: ['name', 'description', 'metadata', 'inputs', 'outputs', 'implementation', 'version'],
  implementation: ['container'],
  container: ['image', 'command', 'args', 'env', 'fileOutputs'],
  port: ['name', 'type', 'description', 'default', 'optional', 'annotations'],
} as const;

/**
 * The component of a document of KFP 1: `implementation.container` with its placeholders.
 *
 * @param file where it stands: part of a component that runs a program
 */
export function readContainerYaml(document: { readonly [field: string]: Json }, file: string, reader: YamlReader) {
  const { error, warn } = reader;
  const unknown = (object: Json | undefined, known: readonly string[], place: Place) => {
    for (const field of isObject(object) ? Object.keys(object) : []) {
      if (known.includes(field)) continue;
      warn(
        'KFP1602',
        [...place, field],
        'KFP knows no such field: it is passed over',
        `its fields are ${known.join(', ')}`,
      );
    }
  };
  unknown(document, KNOWN.component, []);
  const { implementation } = document;
  if (isObject(implementation) && implementation.graph !== undefined) {
    error(
      'KFP1603',
      ['implementation', 'graph'],
      'the component is a graph of others, which KFP 2 does not load either',
      'make a Pipeline of its tasks, and call it by a SubPipeline',
    );
    return undefined;
  }
  const container = isObject(implementation) ? implementation.container : undefined;
  if (!isObject(container) || typeof container.image !== 'string' || container.image === '') {
    const place = isObject(container) ? ['implementation', 'container', 'image'] : ['implementation', 'container'];
    error('KFP1601', place, 'the image of a container is expected', 'write implementation: {container: {image: …}}');
    return undefined;
  }
  unknown(implementation, KNOWN.implementation, ['implementation']);
  unknown(container, KNOWN.container, ['implementation', 'container']);
  return new ContainerYaml(document, container as Container, file, reader, unknown).definition();
}

/** An element of the command line, and where it stands. */
interface Located {
  readonly element: YamlArgument;
  readonly place: Place;
}

type Container = { readonly [field: string]: Json } & { readonly image: string };

class ContainerYaml {
  private readonly command: readonly Located[];
  private readonly args: readonly Located[];
  private readonly env: Readonly<Record<string, Located>>;
  public readonly inputs: Readonly<Record<string, PortDefinition>>;
  public readonly outputs: Readonly<Record<string, PortDefinition>>;
  private readonly files: Readonly<Record<string, string>>;

  public constructor(
    private readonly document: { readonly [field: string]: Json },
    private readonly container: Container,
    private readonly file: string,
    private readonly reader: YamlReader,
    unknown: (object: Json | undefined, known: readonly string[], place: Place) => void,
  ) {
    const { error } = reader;
    this.command = this.list('command');
    this.args = this.list('args');
    this.env = this.readEnv();
    const values = new Set(
      referencesIn(this.elements).flatMap(({ ref, name }) => (ref === 'input-value' ? [name] : [])),
    );
    const ports = (side: 'inputs' | 'outputs') => {
      const read = readPorts(document[side], [side], error);
      for (const { fields, place } of read) unknown(fields, KNOWN.port, place);
      return read;
    };
    this.inputs = Object.fromEntries(
      ports('inputs').map(({ name, fields, place }) => {
        const source = () => reader.source([...place, 'default']);
        return [name, inputPort(fields, { byValue: values.has(name) }, place, source, error)];
      }),
    );
    this.outputs = Object.fromEntries(ports('outputs').map(({ name, fields }) => [name, outputPort(fields)]));
    this.files = this.readFiles();
    this.check();
  }

  /** The component; it is not to be used where something was wrong. */
  public definition(): ComponentDefinition {
    const { document, inputs, outputs } = this;
    const { description } = document;
    return {
      name: this.name,
      ...(typeof description === 'string' && { description }),
      inputs,
      outputs: this.isProgram ? outputs : outputsAsInKfp(outputs),
      implementation: this.isProgram ? this.program() : this.plain(),
    };
  }

  private get located(): readonly Located[] {
    return [...this.command, ...this.args, ...Object.values(this.env)];
  }

  private get elements(): readonly YamlArgument[] {
    return this.located.map(({ element }) => element);
  }

  /** Whether it is told all inputs and outputs at once. */
  private get isProgram(): boolean {
    return needsExecutorInput(this.elements);
  }

  private list(side: 'command' | 'args'): readonly Located[] {
    const place = [...CONTAINER, side];
    const value = this.container[side];
    if (!Array.isArray(value))
      return readArguments(value, place, this.reader.error).map((element) => ({ element, place }));
    return value.flatMap((each: Json, index) => this.one(each, [...place, index]));
  }

  private one(value: Json, place: Place): readonly Located[] {
    return readArgument(value, place, this.reader.error).map((element) => ({ element, place }));
  }

  private get name(): string {
    const { name } = this.document;
    return (typeof name === 'string' && componentName(name)) || 'component';
  }

  private plain(): ComponentDefinition['implementation'] {
    const env = Object.entries(this.env).flatMap(([name, value]) => {
      const [argument] = this.lowered(value);
      return argument === undefined || isOptional(argument) ? [] : [[name, argument] as const];
    });
    return {
      kind: 'container',
      image: this.container.image,
      command: this.command.flatMap((each) => this.lowered(each)),
      args: this.args.flatMap((each) => this.lowered(each)),
      ...(env.length > 0 && { env: Object.fromEntries(env) }),
      ...(Object.keys(this.files).length > 0 && { outputPaths: this.files }),
    };
  }

  /** A program that is told all inputs and outputs at once. */
  private program(): ComponentDefinition['implementation'] {
    this.checkPaths();
    const texts = (all: readonly Located[]) =>
      all.flatMap((each) => this.lowered(each)).map((each) => programText(each, this));
    const env = Object.entries(this.env).map(([name, value]) => `${name}=${texts([value]).join('')}`);
    const program = texts([...this.command, ...this.args]);
    const name = this.name.replaceAll('-', '_');
    return {
      ...{ kind: 'python', file: this.file, function: name, line: 1, source: '', image: this.container.image },
      program: env.length > 0 ? ['env', ...env, ...program] : program,
    };
  }

  private lowered({ element, place }: Located): ContainerArguments {
    const lowered = lowerArgument(
      element,
      (input) => Object.hasOwn(this.inputs, input) && this.inputs[input]!.optional === true,
    );
    // Neither a variable nor a program's placeholder can be left out.
    const isFixed = place.includes('env') || this.isProgram;
    if (lowered && !(isFixed && lowered.some(isOptional))) return lowered;
    const inputs = [...conditionsIn([element])].map((input) => `'${input}'`).join(' and ');
    this.reader.error(
      'KFP1605',
      place,
      lowered
        ? `it depends on whether ${inputs} is given, which can be said in command and args alone`
        : `it depends on ${inputs} at once`,
      'give the program one argument for each input',
    );
    return [];
  }

  private readEnv(): Readonly<Record<string, Located>> {
    const { env } = this.container;
    if (env === undefined || env === null) return {};
    const place = [...CONTAINER, 'env'];
    if (!isObject(env)) {
      this.reader.error('KFP1601', place, 'variables by their names are expected', 'write env: {NAME: value}');
      return {};
    }
    return Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) =>
        this.one(value, [...place, name]).map((each) => [name, each] as const),
      ),
    );
  }

  private readFiles(): Readonly<Record<string, string>> {
    const { fileOutputs } = this.container;
    const files = isObject(fileOutputs) ? Object.entries(fileOutputs) : [];
    return Object.fromEntries(
      files.flatMap(([name, path]) => {
        if (typeof path === 'string' && Object.hasOwn(this.outputs, portName(name))) return [[portName(name), path]];
        const place = [...CONTAINER, 'fileOutputs', name];
        this.reader.error(
          'KFP1608',
          place,
          `the component has no output '${name}', or this is no path`,
          'write {Output: /path}',
        );
        return [];
      }),
    );
  }

  /** A program finds artifacts on its disk, and nothing else. */
  private checkPaths(): void {
    for (const { element, place } of this.located) {
      for (const { ref, name } of referencesIn([element])) {
        if (ref !== 'input-path' || this.inputs[name]?.kind !== 'parameter') continue;
        const message = `'${name}' is a parameter, which is in no file where executorInput is given`;
        this.reader.error('KFP1604', place, message, `write {inputValue: ${name}}, or leave executorInput out`);
      }
    }
  }

  /** Whatever is referred to is there, and each output is written somewhere. */
  private check(): void {
    const { error, warn } = this.reader;
    const told = new Set(Object.keys(this.files));
    for (const { element, place } of this.located) {
      for (const { ref, name } of referencesIn([element])) {
        const side = ref.startsWith('input-') ? 'inputs' : 'outputs';
        if (side === 'outputs') told.add(name);
        if (Object.hasOwn(this[side], name)) continue;
        error('KFP1608', place, `it refers to '${name}', which is not declared`, `declare it among the ${side}`);
      }
      for (const input of conditionsIn([element])) {
        if (Object.hasOwn(this.inputs, input)) continue;
        error('KFP1608', place, `it depends on '${input}', which is not declared`, 'declare it among the inputs');
      }
    }
    if (this.isProgram) return;
    for (const output of Object.keys(this.outputs)) {
      if (told.has(output)) continue;
      warn(
        'KFP1609',
        ['outputs'],
        `the program is not told where to write '${output}'`,
        `add {outputPath: ${output}} to its arguments`,
      );
    }
  }
}

const CONTAINER = ['implementation', 'container'] as const;
