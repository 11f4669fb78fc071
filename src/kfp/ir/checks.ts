import { memberOf } from '../../graph/member';
import { checkComponentGraph } from './component-graph';
import type { IrPath } from './message';
import { CHANNEL } from './reserved';
import type { IrComponent, IrDag, IrDocument, IrPorts, IrTask } from './types';

/** How a check says what it found. */
export type Report = (code: string, path: IrPath, message: string, mend: string, severity?: 'warning') => void;

const COMPILE = 'compile the pipeline again';
const OLD = 'compile the pipeline with the KFP SDK 2';

/** What no single field shows: whether all that a document refers to is there, and whether it can be run. */
export function checkDocument(document: IrDocument, report: Report): void {
  const { spec, platform } = document;
  checkVersion(spec.schemaVersion, report);
  if (!spec.root.dag) report('KFP1507', ['spec', 'root'], 'the root has no dag', COMPILE);
  // What else is checked goes down into components, and would not come back.
  if (!checkComponentGraph(spec, report)) return;
  const check = new ComponentCheck(document, report);
  check.component(spec.root, ['spec', 'root']);
  for (const [name, component] of Object.entries(spec.components ?? {})) {
    check.component(component, ['spec', 'components', name]);
  }
  checkExecutors(document, report);
  const settings = platform?.platforms?.kubernetes?.deploymentSpec?.executors ?? {};
  for (const name of Object.keys(settings)) {
    if (memberOf(spec.deploymentSpec?.executors ?? {}, name)) continue;
    report(
      'KFP1513',
      ['platform', 'platforms', 'kubernetes', 'deploymentSpec', 'executors', name],
      'there is no such executor, so nothing is told this',
      COMPILE,
      'warning',
    );
  }
}

function checkVersion(version: string, report: Report): void {
  if (/^2\.1\.\d+$/.test(version) || version === '2.0.0') return;
  report(
    'KFP1504',
    ['spec', 'schemaVersion'],
    `the schema version ${JSON.stringify(version)} is not known; 2.1.0 is`,
    OLD,
  );
}

function checkExecutors({ spec }: IrDocument, report: Report): void {
  for (const [name, { resolver, customJob, importer }] of Object.entries(spec.deploymentSpec?.executors ?? {})) {
    const path = ['spec', 'deploymentSpec', 'executors', name];
    if (resolver) {
      const why = 'a resolver asks a metadata store for artifacts, which only Vertex AI does';
      report('KFP1510', [...path, 'resolver'], why, 'import the artifact with dsl.importer');
    }
    if (customJob) {
      const why = 'a custom job runs on Vertex AI only';
      report('KFP1510', [...path, 'customJob'], why, 'write a component that runs a container');
    }
    if (importer && isOldConstant(importer.artifactUri)) {
      report('KFP1511', [...path, 'importer', 'artifactUri'], OLD_CONSTANT, OLD);
    }
  }
}

const OLD_CONSTANT = "'constantValue' is of KFP 1.8, and not read";

function isOldConstant(value: object | undefined): boolean {
  return value !== undefined && 'constantValue' in value;
}

/** The references within each component. */
class ComponentCheck {
  public constructor(
    private readonly document: IrDocument,
    private readonly report: Report,
  ) {}

  public component(component: IrComponent, path: IrPath): void {
    const { executorLabel, dag } = component;
    for (const side of ['inputDefinitions', 'outputDefinitions'] as const) {
      for (const [name, parameter] of Object.entries(component[side]?.parameters ?? {})) {
        if (!('type' in parameter)) continue;
        const where = [...path, side, 'parameters', name, 'type'];
        this.report('KFP1511', where, "'type' is of KFP 1.8, and not read: 'parameterType' is", OLD);
      }
    }
    if (executorLabel !== undefined && !has(this.document.spec.deploymentSpec?.executors, executorLabel)) {
      this.missing([...path, 'executorLabel'], `there is no executor '${executorLabel}'`, 'KFP1507');
    }
    if (dag) this.dag(dag, component, [...path, 'dag']);
  }

  private dag(dag: IrDag, component: IrComponent, path: IrPath): void {
    for (const [name, task] of Object.entries(dag.tasks ?? {})) {
      this.task(task, dag, component, [...path, 'tasks', name]);
    }
    for (const [name, output] of Object.entries(dag.outputs?.parameters ?? {})) {
      const where = [...path, 'outputs', 'parameters', name];
      const selectors = output.valueFromParameter
        ? [output.valueFromParameter]
        : (output.valueFromOneof?.parameterSelectors ?? []);
      if (!has(component.outputDefinitions?.parameters, name)) this.missing(where, `no output '${name}' is declared`);
      if (selectors.length === 0) this.missing(where, 'no task gives this output');
      for (const { producerSubtask, outputParameterKey } of selectors) {
        this.output(dag, producerSubtask, 'parameters', outputParameterKey, where);
      }
    }
    for (const [name, { artifactSelectors = [] }] of Object.entries(dag.outputs?.artifacts ?? {})) {
      const where = [...path, 'outputs', 'artifacts', name];
      if (!has(component.outputDefinitions?.artifacts, name)) this.missing(where, `no output '${name}' is declared`);
      if (artifactSelectors.length === 0) this.missing(where, 'no task gives this output');
      for (const { producerSubtask, outputArtifactKey } of artifactSelectors) {
        this.output(dag, producerSubtask, 'artifacts', outputArtifactKey, where);
      }
    }
  }

  private task(task: IrTask, dag: IrDag, parent: IrComponent, path: IrPath): void {
    const { componentRef, inputs, dependentTasks = [] } = task;
    if (!has(this.document.spec.components, componentRef.name)) {
      this.missing([...path, 'componentRef'], `there is no component '${componentRef.name}'`, 'KFP1507');
    }
    for (const [place, name] of dependentTasks.entries()) {
      if (!has(dag.tasks, name)) this.missing([...path, 'dependentTasks', place], `there is no task '${name}' here`);
    }
    for (const [name, source] of Object.entries(inputs?.parameters ?? {})) {
      const where = [...path, 'inputs', 'parameters', name];
      const { componentInputParameter: input, taskOutputParameter: output, taskFinalStatus: status } = source;
      if (input !== undefined) this.input(parent, 'parameters', input, name, where);
      if (output) this.output(dag, output.producerTask, 'parameters', output.outputParameterKey, where, name);
      if (status && !has(dag.tasks, status.producerTask)) {
        this.missing(where, `there is no task '${status.producerTask}' here`);
      }
      if (isOldConstant(source.runtimeValue)) this.report('KFP1511', where, OLD_CONSTANT, OLD);
    }
    for (const [name, source] of Object.entries(inputs?.artifacts ?? {})) {
      const where = [...path, 'inputs', 'artifacts', name];
      const { componentInputArtifact: input, taskOutputArtifact: output } = source;
      if (input !== undefined) this.input(parent, 'artifacts', input, name, where);
      if (output) this.output(dag, output.producerTask, 'artifacts', output.outputArtifactKey, where, name);
    }
    this.iterator(task, path);
  }

  private iterator({ parameterIterator, artifactIterator, inputs }: IrTask, path: IrPath): void {
    const { raw, inputParameter } = parameterIterator?.items ?? {};
    if (raw !== undefined && !isList(raw)) {
      this.report('KFP1505', [...path, 'parameterIterator', 'items', 'raw'], 'this is not the JSON of a list', COMPILE);
    }
    if (inputParameter !== undefined && !has(inputs?.parameters, inputParameter)) {
      this.missing([...path, 'parameterIterator', 'items'], `the task has no input '${inputParameter}'`);
    }
    const inputArtifact = artifactIterator?.items.inputArtifact;
    if (inputArtifact !== undefined && !has(inputs?.artifacts, inputArtifact)) {
      this.missing([...path, 'artifactIterator', 'items'], `the task has no input '${inputArtifact}'`);
    }
  }

  private input(parent: IrComponent, kind: keyof IrPorts, input: string, name: string, path: IrPath): void {
    if (has(parent.inputDefinitions?.[kind], input) || isChannel(name) || isChannel(input)) return;
    this.missing(path, `the component around this has no ${kind.slice(0, -1)} '${input}'`);
  }

  /** @param name the input that reads the output, where one does */
  private output(dag: IrDag, task: string, kind: keyof IrPorts, output: string, path: IrPath, name = ''): void {
    const producer = memberOf(dag.tasks ?? {}, task);
    if (!producer) {
      this.missing(path, `there is no task '${task}' here`);
      return;
    }
    const component = memberOf(this.document.spec.components ?? {}, producer.componentRef.name);
    // A component that is missing is told where it is referred to.
    if (!component || has(component.outputDefinitions?.[kind], output) || isChannel(name)) return;
    this.missing(path, `the task '${task}' has no ${kind.slice(0, -1)} '${output}'`);
  }

  private missing(path: IrPath, message: string, code = 'KFP1508'): void {
    this.report(code, path, message, COMPILE);
  }
}

function isList(raw: string): boolean {
  try {
    return Array.isArray(JSON.parse(raw));
  } catch {
    return false;
  }
}

/**
 * True for an input that the KFP SDK makes to hand a value into a group. It also makes some for what is known only further in, or
 * further out, such as the items of nested loops: whoever reads one looks for what its name says.
 */
function isChannel(name: string): boolean {
  return name.startsWith(CHANNEL);
}

function has(map: object | undefined, name: string): boolean {
  return map !== undefined && Object.hasOwn(map, name);
}
