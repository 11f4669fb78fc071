import { type Diagnostic, isWarning } from '../diagnostic';
import type { ComponentDefinition } from './definition';

declare const INPUTS: unique symbol;
declare const OUTPUTS: unique symbol;
declare const RETURN: unique symbol;

/** Stands where something does not exist; the compiler's message shows the sentence that says what to do instead. */
export interface Unavailable<Sentence extends string> {
  readonly [NOT_THERE]: Sentence;
}

declare const NOT_THERE: unique symbol;

/** What a component that returns nothing says of its return value. */
export type ReturnsNothing = 'this component returns nothing: read a named output from .outputs';

/**
 * A component: a typed interface and a way to run it. Components are plain values; any number of tasks use one.
 *
 * Where they come from: bindings written by `cdk8s-kfp import`, `PythonComponent.fromFile`, {@link ContainerComponent}.
 *
 * @typeParam I its inputs, as a task gives them
 * @typeParam O its outputs, as a task offers them
 * @typeParam R its return value, where it has one
 */
export class Component<in I, out O, out R = Unavailable<ReturnsNothing>> {
  // Protected, not private: declaration files drop the types of private members, and all checks with them.
  declare protected readonly [INPUTS]?: (inputs: I) => void;
  declare protected readonly [OUTPUTS]?: O;
  declare protected readonly [RETURN]?: R;

  /** Found once: every task asks. */
  private broken: boolean | undefined;

  /**
   * @param load gives the definition; called when it is first needed
   * @param findProblems gives what is wrong with the component, reported at synth
   * @param findCompanions gives the components of the same Python file, whose texts ship together
   */
  public constructor(
    private readonly load: () => ComponentDefinition,
    private readonly findProblems: () => readonly Diagnostic[] = () => [],
    private readonly findCompanions?: () => readonly ComponentDefinition[],
  ) {}

  /** Interface and implementation as plain data. */
  public get definition(): ComponentDefinition {
    return this.load();
  }

  /** What is wrong with the component itself: stale bindings, a missing file. Reported when a pipeline uses it. */
  public get problems(): readonly Diagnostic[] {
    return this.findProblems();
  }

  /** True where the component cannot be used: a problem of it is an error. */
  public get isBroken(): boolean {
    this.broken ??= !this.problems.every(isWarning);
    return this.broken;
  }

  /** The components that ship together with this one, itself included: those of the same Python file. */
  public get companions(): readonly ComponentDefinition[] {
    return this.findCompanions?.() ?? [this.definition];
  }
}
