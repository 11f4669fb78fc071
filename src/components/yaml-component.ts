import { isWarning } from '../diagnostic';
import { Component, type ReturnsNothing, type Unavailable } from './component';
import type { InputPorts, InputsOf, OutputPorts, OutputsOf, ReturnOf } from './ports';
import { type DeclaredPorts, declarationProblems, type UntypedInputs, type UntypedValue } from './python-component';
import type { ReadComponent } from './yaml-reader';

/** A component that nobody typed. */
type Untyped = YamlComponent<UntypedInputs, Record<string, UntypedValue>, UntypedValue>;

/**
 * A component from KFP's YAML: one of KFP 1 (`implementation.container`), or one that KFP 2 compiled. Names of inputs and outputs
 * are those that KFP 2 gives them: `Learning Rate` is `learning_rate`.
 *
 * What is wrong with the YAML is reported when a pipeline uses the component; nothing is thrown.
 *
 * ```ts
 * const train = YamlComponent.fromFile('components/train.yaml', { inputs: { rows: Dataset }, outputs: { model: Model } });
 * ```
 */
export class YamlComponent<in I, out O, out R> extends Component<I, O, R> {
  /**
   * The component of a file, which is read when it is first used. Prefer `cdk8s-kfp import`, whose bindings the compiler checks.
   *
   * @param file path from the working directory
   */
  public static fromFile(file: string): Untyped;
  /**
   * The same with its ports declared by hand, so that the compiler checks its uses. Synth checks the declaration.
   *
   * @param file path from the working directory
   * @param ports inputs and outputs: `{ inputs: { rows: Dataset, lr: float(0.1) }, outputs: { model: Model } }`
   */
  public static fromFile<const I extends InputPorts = {}, const O extends OutputPorts = {}>(
    file: string,
    ports: DeclaredPorts<I, O>,
  ): YamlComponent<InputsOf<I>, OutputsOf<O>, ReturnOf<O>>;
  public static fromFile(
    file: string,
    ports?: DeclaredPorts<InputPorts, OutputPorts>,
  ): YamlComponent<never, unknown, unknown> {
    const name = file.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
    return read(name, () => reader().readComponentFile(file), ports);
  }

  /**
   * The component of a file that `cdk8s-kfp import` wrote bindings of. Synth says where the file has changed since.
   *
   * @param file path from the working directory, with forward slashes
   * @param props what the bindings know of it
   */
  public static bound<I, O, R = Unavailable<ReturnsNothing>>(
    file: string,
    { digest }: YamlBindingProps,
  ): Component<I, O, R> {
    return read(file, () => {
      const found = reader().readComponentFile(file);
      if (found.digest === undefined || found.digest === digest) return found;
      const message = `${file} changed since its bindings were written`;
      const mend = `run \`npx cdk8s-kfp import ${file}\``;
      return { ...found, problems: [...found.problems, { code: 'KFP1101', at: file, message, mend }] };
    }) as Component<never, unknown, unknown> as Component<I, O, R>;
  }

  /**
   * The component of a text.
   *
   * @param text YAML
   */
  public static fromText(text: string): Untyped;
  /**
   * The same with its ports declared by hand.
   *
   * @param text YAML
   * @param ports inputs and outputs
   */
  public static fromText<const I extends InputPorts = {}, const O extends OutputPorts = {}>(
    text: string,
    ports: DeclaredPorts<I, O>,
  ): YamlComponent<InputsOf<I>, OutputsOf<O>, ReturnOf<O>>;
  public static fromText(
    text: string,
    ports?: DeclaredPorts<InputPorts, OutputPorts>,
  ): YamlComponent<never, unknown, unknown> {
    return read(TEXT, () => reader().readComponent(TEXT, text), ports);
  }
}

/** What bindings know of a component in YAML. */
export interface YamlBindingProps {
  /** The digest that the file had when its bindings were written. */
  readonly digest: string;
}

/** What diagnostics call a text that is in no file. */
const TEXT = 'component.yaml';

/** Few apps read components from YAML, and what reads it takes long to load. */
function reader(): typeof import('./yaml-reader') {
  return require('./yaml-reader') as typeof import('./yaml-reader');
}

function read(
  name: string,
  find: () => ReadComponent,
  ports?: DeclaredPorts<InputPorts, OutputPorts>,
): YamlComponent<never, unknown, unknown> {
  let found: Required<Omit<ReadComponent, 'digest'>> | undefined;
  const get = () => {
    if (found) return found;
    const { definition, problems, companions } = find();
    // One that could not be read stands in for itself; its problems stop synth.
    const known = definition ?? { name: 'component', inputs: {}, outputs: {}, implementation: NOTHING };
    const differences =
      ports && definition ? declarationProblems(known, ports, { file: name, at: name, what: 'YAML' }) : [];
    found = {
      definition: known,
      problems: [...problems, ...differences],
      companions: companions ?? [known],
    };
    return found;
  };
  return new YamlComponent(
    () => get().definition,
    () => get().problems,
    () => (get().problems.every(isWarning) ? get().companions : [get().definition]),
  );
}

const NOTHING = { kind: 'container', image: 'none', command: ['none'], args: [] } as const;
