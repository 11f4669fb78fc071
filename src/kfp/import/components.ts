import { Component } from '../../components/component';
import { outputsAsInKfp } from '../../components/container-files';
import type { ComponentDefinition, Passthrough } from '../../components/definition';
import type { ImporterProps } from '../../constructs/importer';
import type { TaskSettings } from '../../constructs/settings/task-settings';
import type { Diagnostic } from '../../diagnostic';
import type { Report } from '../ir/checks';
import type { IrPath } from '../ir/message';
import { hasPlaceholder } from '../ir/placeholders';
import { pathText, type ReadIr } from '../ir/read';
import type {
  IrComponent,
  IrDocument,
  IrExecutor,
  IrTask,
  IrTaskParameter,
  KubernetesExecutorConfig,
} from '../ir/types';
import { importClaim, isClaim } from './claims';
import { importContainer } from './container';
import { checkEmbedded } from './embedded';
import { checkImporter, importerPassthrough, importerProps } from './importer';
import { LeafSettings } from './leaf-settings';
import { type ImportedRunSettings, runSettingsOf } from './pipeline-config';
import { importedPorts } from './ports';
import { importProgram, importPython } from './python';
import { readsInput, type TaskInput } from './resources';
import { SharedComponents } from './shared-components';
import { componentPassthrough, containerPassthrough, unknownOfComponents } from './unmapped';

/** What a value of the platform's configuration refers to: an input of the DAG around the task, or an output beside it. */
export type OuterValue = (source: IrTaskParameter) => unknown;

/** A task that runs a component. */
export interface ImportedTask {
  readonly kind: 'task';
  // biome-ignore lint/suspicious/noExplicitAny: nobody knows the interface of what a document describes
  readonly component: Component<any, any, any>;
  /**
   * What the task asks of its pod.
   *
   * @param input gives what the task has for an input, those included that are not the component's own
   * @param outer gives what a reference of the platform's configuration means, which is one as among the inputs of the task
   */
  settings(input: TaskInput, outer: OuterValue): TaskSettings;
  /** Inputs that the document gives to the task nowhere, because KFP computes them. */
  inputs(input: TaskInput, outer: OuterValue): Readonly<Record<string, unknown>>;
  /** What is kept for the document that the pipeline is written to. */
  readonly kfp: Passthrough;
  readonly problems: readonly Diagnostic[];
}

/** A task that takes in an artifact. */
export interface ImportedImporter {
  readonly kind: 'importer';
  /** What to give to an `Importer`. */
  props(input: TaskInput): ImporterProps<unknown>;
  readonly kfp: Passthrough;
  readonly problems: readonly Diagnostic[];
}

/** How Python components of a document run. */
export interface ExecutorImportOptions {
  /** `runtime`: by this library's runtime; `kfp`: by KFP's own executor, which pip installs in each pod. */
  readonly executor: 'runtime' | 'kfp';
  /** The document's file, as a path relative to the project, with forward slashes. */
  readonly file: string;
}

/** A component with its executor. */
interface Leaf {
  readonly component: IrComponent;
  readonly label: string;
  readonly executor: IrExecutor;
  readonly config: KubernetesExecutorConfig | undefined;
}

/**
 * The components that a document's tasks run. KFP writes a component and an executor for each task: those that are equal
 * become one again.
 */
export class ExecutorImports {
  private readonly leaves = new Map<string, Leaf>();
  private readonly definitions = new Map<string, ComponentDefinition>();
  private readonly components = new Map<ComponentDefinition, ImportedTask['component']>();
  private readonly shared = new SharedComponents();
  private readonly unknown: ReadonlyMap<string, Passthrough>;
  private problems: Diagnostic[] = [];

  /**
   * @param document what was read
   * @param read where its parts stand, and what of it nobody knows
   */
  public constructor(
    private readonly document: IrDocument,
    private readonly read: Pick<ReadIr, 'at' | 'unknown'>,
    private readonly options: ExecutorImportOptions,
  ) {
    const { components = {}, deploymentSpec = {} } = document.spec;
    const configs = document.platform?.platforms?.kubernetes?.deploymentSpec?.executors;
    this.unknown = unknownOfComponents(read.unknown);
    for (const name in components) {
      const component = components[name]!;
      const label = component.executorLabel;
      const executor = label === undefined ? undefined : deploymentSpec.executors?.[label];
      if (label === undefined || !executor) continue;
      const leaf: Leaf = { component, label, executor, config: configs?.[label] };
      this.leaves.set(name, leaf);
      // All texts of a document ship together: so all of them are known before the first task is.
      if (executor.container && !isClaim(executor.container)) this.definitions.set(name, this.defined(name, leaf));
    }
  }

  /** The components so far that do something to objects of the cluster: the account of the pods must be allowed to. */
  public get resourceComponents(): readonly ImportedTask['component'][] {
    return [...this.components].flatMap(([definition, component]) =>
      definition.implementation.kind === 'resource' ? [component] : [],
    );
  }

  /**
   * What a task of a component runs that has an executor.
   *
   * @param path where the task stands
   */
  public task(componentName: string, task: IrTask, path: IrPath): ImportedTask | ImportedImporter {
    const leaf = this.leaves.get(componentName)!;
    const { executor } = leaf;
    if (executor.importer) return this.importer(executor.importer, leaf, task, path);
    const claim = importClaim(executor.container!, task);
    const definition = claim ? this.shared.of(claim) : this.definitions.get(componentName)!;
    const settings = new LeafSettings(leaf, task, definition, path);
    settings.check(this.report);
    return {
      kind: 'task',
      component: this.componentOf(definition),
      settings: (input, outer) => settings.ofPod(input, outer),
      inputs: (input, outer) => settings.inputs(input, outer),
      kfp: { ...containerPassthrough(executor.container!), ...settings.kfp },
      problems: this.taken(),
    };
  }

  /** What the document says of runs as a whole. */
  public runSettings(): ImportedRunSettings & { readonly problems: readonly Diagnostic[] } {
    const config = this.document.platform?.platforms?.kubernetes?.pipelineConfig ?? {};
    const settings = runSettingsOf(config, this.report);
    return { ...settings, problems: this.taken() };
  }

  private importer(
    importer: NonNullable<IrExecutor['importer']>,
    { label }: Leaf,
    task: IrTask,
    path: IrPath,
  ): ImportedImporter {
    checkImporter(importer, task, executorPath(label), this.report);
    const key = String(path.at(-1));
    const { cachingOptions } = task;
    return {
      kind: 'importer',
      props: (input) => importerProps(importer, key, input),
      kfp: {
        ...importerPassthrough(importer, task),
        // Nothing runs that could be reused.
        ...(cachingOptions && { '/task/cachingOptions': { ...cachingOptions } }),
      },
      problems: this.taken(),
    };
  }

  private defined(name: string, leaf: Leaf): ComponentDefinition {
    const container = leaf.executor.container!;
    const before = this.problems.length;
    const place = executorPath(leaf.label);
    checkEmbedded(container, place, this.report);
    const ports = importedPorts(leaf.component);
    // A task is given its own image then.
    const image = readsInput(container.image) ? '' : container.image;
    const python = importPython(container, ports, this.options.executor === 'kfp');
    if (python?.reason !== undefined) {
      this.report(
        'KFP1540',
        [...place, 'container'],
        `KFP’s own executor runs '${python.implementation.function}', and installs kfp in each pod: ${python.reason}`,
        'nothing has to be done; compile a component with KFP’s SDK to have it run without',
        'warning',
      );
    }
    if (python && hasPlaceholder(python.implementation.source)) {
      this.report(
        'KFP1541',
        [...place, 'container', 'command'],
        'its source holds a placeholder, which stays text; KFP puts a value into the source',
        'give the function an input instead',
        'warning',
      );
    }
    const program = python ? undefined : importProgram(container);
    const plain = python || program ? undefined : importContainer(container, ports, place, this.report);
    const { kfp: own = {} } = python ?? plain ?? {};
    const kfp = { ...componentPassthrough(leaf.component), ...this.unknown.get(name), ...own };
    const { file } = this.options;
    const known = this.shared.count;
    const definition = this.shared.of({
      name: python ? python.implementation.function : this.baseName(name),
      ...ports,
      ...(plain && { outputs: outputsAsInKfp(ports.outputs) }),
      implementation: python
        ? { ...python.implementation, image, file }
        : program
          ? { kind: 'python', function: 'program', line: 1, source: '', ...program, image, file }
          : { ...plain!.implementation, image },
      ...(Object.keys(kfp).length > 0 && { kfp }),
    });
    // What is wrong with a component is said once, however many tasks run it.
    if (this.shared.count === known) this.problems.length = before;
    return definition;
  }

  /** The name of a component without what makes it another one than those of other tasks. */
  private baseName(name: string): string {
    const plain = name.replace(/^comp-/, '');
    const [, base] = /^(.+)-[1-9]\d*$/.exec(plain) ?? [];
    return base !== undefined && this.document.spec.components?.[`comp-${base}`] ? base : plain;
  }

  private componentOf(definition: ComponentDefinition): ImportedTask['component'] {
    let component = this.components.get(definition);
    if (!component) {
      component = new Component(
        () => definition,
        () => [],
        () => this.shared.companions,
      );
      this.components.set(definition, component);
    }
    return component;
  }

  private readonly report: Report = (code, path, message, mend, severity) => {
    const problem = { code, at: this.read.at(path), message: `${pathText(path)}: ${message}`, mend };
    this.problems.push(severity ? { ...problem, severity } : problem);
  };

  /** What was found since somebody asked last. */
  private taken(): readonly Diagnostic[] {
    return this.problems.splice(0);
  }
}

function executorPath(label: string): IrPath {
  return ['spec', 'deploymentSpec', 'executors', label];
}
