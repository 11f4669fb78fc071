import type { Tree } from '../graph/settings';

/**
 * What a component is, as plain JSON data: its interface and how to run it. Python bindings, container components and
 * hand-declared components all end here, and every reader of a pipeline starts here.
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** KFP's parameter types (`ParameterType.ParameterTypeEnum` of its PipelineSpec). */
export type ParameterType =
  | 'STRING'
  | 'NUMBER_INTEGER'
  | 'NUMBER_DOUBLE'
  | 'BOOLEAN'
  | 'LIST'
  | 'STRUCT'
  | 'TASK_FINAL_STATUS'
  | 'TASK_CONFIG';

/** The type of a list's elements. */
export interface ElementType {
  readonly type: ParameterType;
  /** The type of its own elements, where it is a list. */
  readonly element?: ElementType;
}

/** A parameter that a component or a pipeline reads or writes. */
export interface ParameterDefinition {
  readonly kind: 'parameter';
  readonly type: ParameterType;
  /** True where the value may be left out: the component's own default then applies. */
  readonly optional?: boolean;
  /** The default that is used where the value is left out. Python components keep theirs in Python. */
  readonly default?: Json;
  readonly description?: string;
  /** The type of a list's elements, where it is declared. */
  readonly element?: ElementType;
  /** The allowed values (Python's `Literal`). */
  readonly literals?: readonly (string | number | boolean)[];
}

/** An artifact that a component reads or writes. */
export interface ArtifactDefinition {
  readonly kind: 'artifact';
  /** KFP's schema title: `system.Dataset`, `system.Model`, `google.VertexModel`, … */
  readonly type: string;
  /** True for a list of artifacts (`Input[List[Dataset]]`). */
  readonly list?: boolean;
  readonly optional?: boolean;
  readonly description?: string;
  /** The metric names found in the source's `log_metric("…")` calls on this output. */
  readonly metrics?: readonly string[];
}

export type PortDefinition = ParameterDefinition | ArtifactDefinition;

/** A function of a Python file, run by this library's runtime. */
export interface PythonImplementation {
  readonly kind: 'python';
  /** The Python file, as a path relative to the project's root, with forward slashes. */
  readonly file: string;
  readonly function: string;
  /** The line of the function's `def`, 1-based. */
  readonly line: number;
  /** The text that ships: helper functions, then the function, without decorators, not indented. */
  readonly source: string;
  /** What the text is called among those of its file, where another one has the function's name. @default - the function's name */
  readonly shipsAs?: string;
  readonly image: string;
  /** pip requirement specifiers (`packages_to_install`). */
  readonly packages?: readonly string[];
  readonly pipIndexUrls?: readonly string[];
  readonly pipTrustedHosts?: readonly string[];
  /** Install into a virtual environment of its own (`use_venv`). */
  readonly useVenv?: boolean;
  /** Ports that are passed as a path (`InputPath`, `OutputPath`). */
  readonly paths?: readonly string[];
  /** Names used in annotations for artifact classes this library does not know by name: name → schema title. */
  readonly classes?: Readonly<Record<string, string>>;
  /** The notebook that the function runs with `dsl.run_notebook`. */
  readonly notebook?: NotebookImplementation;
  /**
   * The program that is run instead of the function, as KFP's launcher would: it is told its inputs as JSON, where `{{$}}`
   * stands in an argument, and writes what it gives as JSON. KFP's own executor is such a program.
   */
  readonly program?: readonly string[];
}

/** A Jupyter notebook that a Python function runs. */
export interface NotebookImplementation {
  /** The notebook, as a path relative to the project's root, with forward slashes. */
  readonly file: string;
  /** The text that ships: the notebook's JSON, without what a run leaves in it. */
  readonly source: string;
}

/** One element of a container's command or args: literal text and references, concatenated. */
export type ContainerArgument = string | { readonly parts: readonly (string | ContainerReference)[] };

/**
 * A reference inside a container's command or args: the text of an input parameter; the local path of an input (an artifact, or a
 * file that holds the text of a parameter), an artifact's URI, or its metadata as JSON; the local path where an output (parameter or artifact) is to be written, or the URI that an
 * output artifact gets.
 */
export interface ContainerReference {
  readonly ref: 'input-value' | 'input-path' | 'input-uri' | 'input-metadata' | 'output-path' | 'output-uri';
  readonly name: string;
  /** The member of the metadata that is meant; all of it where absent. */
  readonly member?: string;
}

/** Arguments that depend on whether an optional parameter was given, and is not null: KFP's `IfPresentPlaceholder`. */
export interface OptionalArguments {
  /** The parameter's name. */
  readonly ifPresent: string;
  readonly then: readonly ContainerArgument[];
  /** @default - no arguments */
  readonly else?: readonly ContainerArgument[];
}

/** What a container's command and args consist of. */
export type ContainerArguments = readonly (ContainerArgument | OptionalArguments)[];

/** A container image run as it is. */
export interface ContainerImplementation {
  readonly kind: 'container';
  readonly image: string;
  /** The program; the image's own entry point where there is none. */
  readonly command: ContainerArguments;
  readonly args: ContainerArguments;
  /** Environment variables. */
  readonly env?: Readonly<Record<string, ContainerArgument>>;
  /** Where the program writes outputs whose paths it is not told, by output. */
  readonly outputPaths?: Readonly<Record<string, string>>;
}

/** What is done with an object of the cluster, as kubectl calls it. */
export type ResourceAction = 'create' | 'apply' | 'replace' | 'patch' | 'delete' | 'get';

/** An action on an object of the cluster, done by Argo's own executor. No container of the user's runs. */
export interface ResourceImplementation {
  readonly kind: 'resource';
  readonly action: ResourceAction;
  /**
   * The object, as plain data. Values among it are expressions over the component's inputs, which they call parameters, and
   * over facts about the run.
   */
  readonly manifest: Tree;
  /** How a patch is merged. */
  readonly mergeStrategy?: 'strategic' | 'merge' | 'json';
  /** True where the object belongs to the run, and is removed with it. */
  readonly setOwnerReference?: boolean;
  readonly successCondition?: string;
  readonly failureCondition?: string;
  /** Options of kubectl. */
  readonly flags?: readonly string[];
  /** Where the outputs are found in the object: kubectl's JSONPath templates, by output. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What the account of the pod must be allowed. */
  readonly rules: readonly PolicyRule[];
}

/**
 * Takes an artifact into the pipeline that exists already. Nothing runs for it: where the artifact is stands in the task's
 * settings.
 */
export interface ImporterImplementation {
  readonly kind: 'importer';
}

/** What an account may do: a rule of Kubernetes' RBAC. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** A component: name, typed interface, implementation. */
export interface ComponentDefinition {
  /** The component's own name: the Python function's name, or the name given to a container component. */
  readonly name: string;
  readonly description?: string;
  readonly inputs: Readonly<Record<string, PortDefinition>>;
  readonly outputs: Readonly<Record<string, PortDefinition>>;
  readonly implementation:
    | PythonImplementation
    | ContainerImplementation
    | ResourceImplementation
    | ImporterImplementation;
  /** What the KFP document that it came from says of it besides. */
  readonly kfp?: Passthrough;
}

/**
 * What a KFP document says that nothing here stands for: it goes back into the document that a pipeline is exported to, as it
 * was. Values by JSON pointer, below the object that they belong to.
 */
export type Passthrough = Readonly<Record<string, Json>>;
