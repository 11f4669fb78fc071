import type { Json, PythonImplementation } from '../../components/definition';
import type { PipelineGraph, TaskNode } from '../../graph/graph';
import { withPassthrough } from '../ir/passthrough';
import { hasPlaceholder } from '../ir/placeholders';
import type { IrContainer, IrExecutor, IrTask } from '../ir/types';
import { type DocumentBuilder, present, type WrittenLeaf } from './builder';
import { claimLeaf } from './claims';
import { plainContainer } from './container';
import { importerLeaf } from './importer';
import { interfaceOf } from './ports';
import type { ExportProblems } from './problems';
import { pythonContainer } from './python';
import type { DagScope } from './scope';
import { SettingTarget } from './setting-target';
import { writeSettings } from './settings';
import { TaskInputs } from './task-inputs';

/** A task that runs a component, without what it waits for; undefined where KFP cannot run it, which is reported. */
export function leafTask(
  node: TaskNode,
  graph: PipelineGraph,
  scope: DagScope,
  builder: DocumentBuilder,
  problems: ExportProblems,
  isInLoop: boolean,
): IrTask | undefined {
  const component = graph.components[node.component]!;
  const { implementation } = component;
  const inputs = new TaskInputs(scope, problems, node.path);
  const isImporter = implementation.kind === 'importer';
  if (!isImporter) {
    for (const [name, expression] of Object.entries(node.inputs)) {
      inputs.give(name, expression, Object.hasOwn(component.inputs, name) ? component.inputs[name] : undefined);
    }
  }
  const target = new SettingTarget(node.settings, component, inputs, scope, problems, node.path);
  writeSettings(target);
  const claim = implementation.kind === 'resource' && claimLeaf(node, component, implementation, inputs, problems);
  const leaf = isImporter ? importerLeaf(node, component, inputs, problems, isInLoop) : claim || containerLeaf();
  if (!leaf) {
    problems.error(
      'KFP1571',
      node.path,
      `KFP has no task that does something with an object of the cluster, as '${component.name}' does`,
      'createClaim() and deleteClaim() are what KFP has; else let a container do it',
    );
    return undefined;
  }
  const runsPod = !isImporter && !claim;
  if (runsPod) for (const secret of graph.run?.imagePullSecrets ?? []) pullSecret(target, secret);
  const written = withPassthrough(
    {
      component: leaf.component,
      executor: runsPod ? withSettings(leaf.executor, target) : leaf.executor,
      platform: runsPod ? target.platform : {},
    },
    component.kfp,
  );
  const { executor, platform } = withPassthrough({ executor: written.executor, platform: written.platform }, node.kfp);
  const task = present<IrTask>({
    componentRef: { name: builder.leaf(component.name, { component: written.component, executor, platform }) },
    inputs: inputs.written,
    cachingOptions: {},
    ...target.task,
  } as IrTask);
  return task;

  function containerLeaf(): WrittenLeaf | undefined {
    if (implementation.kind !== 'python' && implementation.kind !== 'container') return undefined;
    if (implementation.kind === 'python' && !implementation.program) checkText(component.name, implementation);
    const container: Partial<IrContainer> =
      implementation.kind === 'python'
        ? pythonContainer(component, implementation)
        : plainContainer(component, implementation, problems, node.path);
    return {
      component: interfaceOf(component.inputs, component.outputs),
      executor: { container: { image: implementation.image, ...container } },
    };
  }

  /** KFP puts values into all that a container is told, and so into Python and into the script that calls pip. */
  function checkText(name: string, { source, packages = [], pipIndexUrls = [] }: PythonImplementation): void {
    if (![source, ...packages, ...pipIndexUrls].some(hasPlaceholder)) return;
    problems.warning(
      'KFP1578',
      node.path,
      `the text of '${name}' holds a placeholder, and KFP puts a value of the run there: one that is code is run`,
      "write it in two parts, '{{' + '$', and give the function an input",
    );
  }
}

/** The container with what the task asks of it. */
function withSettings({ container }: IrExecutor, { container: asked }: SettingTarget): IrExecutor {
  const own = (container?.env ?? []).filter(({ name }) => !asked.env?.some((each) => each.name === name));
  const env = [...own, ...(asked.env ?? [])];
  const { env: _, ...others } = { ...container!, ...asked };
  return { container: { ...others, ...(env.length > 0 && { env }) } };
}

/** KFP has none for a whole run: each of its tasks names it. */
function pullSecret(target: SettingTarget, secret: string): void {
  const known = (target.platform.imagePullSecret ?? []) as readonly { readonly secretName?: Json }[];
  if (known.some(({ secretName }) => secretName === secret)) return;
  const reference = { runtimeValue: { constant: secret } };
  target.append('imagePullSecret', { secretName: secret, secretNameParameter: reference });
}
