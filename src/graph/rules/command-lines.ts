import { outputPathOf, referencesOf } from '../../components/container-files';
import type { ComponentDefinition, ContainerImplementation, ContainerReference } from '../../components/definition';
import { testedInputs } from '../../components/optional-arguments';
import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { memberOf } from '../member';
import { notableNodesOf } from '../walk';

/** What a container's command line refers to is there; one without a program relies on its image's. */
export function commandLines(graph: PipelineGraph): readonly Diagnostic[] {
  return [...ofComponents(graph), ...ofTasks(graph)];
}

function ofComponents(graph: PipelineGraph): readonly Diagnostic[] {
  const { path } = graph;
  return Object.values(graph.components).flatMap((component): readonly Diagnostic[] => {
    const { name, implementation } = component;
    if (implementation.kind !== 'container') return [];
    const wrong = [...new Set(problemsOf(component, implementation))].map((problem) => ({
      code: 'KFP1591',
      path,
      message: `the command line of '${name}' refers to ${problem}`,
      mend: 'refer to an input or an output that the component has',
    }));
    const paths = Object.entries(implementation.outputPaths ?? {})
      .filter(([output, place]) => !memberOf(component.outputs, output) || !/^\/.*[^/]$/s.test(place))
      .map(([output, place]) => ({
        code: 'KFP1592',
        path,
        message: `'${name}' writes the output '${output}' to '${place}': that is no absolute path of one of its outputs`,
        mend: 'give the absolute path of a file or a folder, by the name of an output',
      }));
    if (implementation.command.length > 0) return [...wrong, ...paths];
    return [
      ...wrong,
      ...paths,
      {
        code: 'KFP1590',
        severity: 'warning',
        path,
        message: `'${name}' has no command: Argo asks the registry of '${implementation.image}' for the image's entry point before it makes a pod`,
        mend: "give the command, or list the image under 'images' in the configuration of Argo's controller",
      },
    ];
  });
}

/** What is kept on a volume is written there: a program has to be told where that is. */
function ofTasks(graph: PipelineGraph): readonly Diagnostic[] {
  return notableNodesOf(graph).flatMap(({ node }) => {
    if (node.kind !== 'task') return [];
    const component = memberOf(graph.components, node.component);
    const fixed = Object.entries(node.settings.artifacts ?? {}).filter(
      ([output, { volume }]) =>
        volume !== undefined && component && outputPathOf(component.implementation, output) !== undefined,
    );
    return fixed.map(([output, { volume }]) => ({
      code: 'KFP1593',
      path: node.path,
      message: `the output '${output}' is to be kept on the volume '${volume}', and '${node.component}' writes it to a path of its own`,
      mend: 'keep it in the repository, or mount the volume at that path without naming the artifact',
    }));
  });
}

function problemsOf(component: ComponentDefinition, implementation: ContainerImplementation): string[] {
  const tested = testedInputs(implementation).filter((input) => !memberOf(component.inputs, input));
  return [
    ...tested.map((input) => `the input '${input}', which is not there`),
    ...referencesOf(implementation).flatMap((reference) => referenceProblem(component, reference) ?? []),
  ];
}

function referenceProblem(component: ComponentDefinition, { ref, name }: ContainerReference): string | undefined {
  const isInput = ref.startsWith('input-');
  const port = memberOf(isInput ? component.inputs : component.outputs, name);
  if (!port) return `the ${isInput ? 'input' : 'output'} '${name}', which is not there`;
  switch (ref) {
    case 'input-value':
      return port.kind === 'artifact' ? `the value of '${name}', which is an artifact` : undefined;
    case 'input-path':
    case 'output-path':
      return undefined;
    default:
      if (port.kind === 'parameter') return `the URI or the metadata of '${name}', which is a parameter`;
      return port.list ? `the URI or the metadata of '${name}', which is a list of artifacts` : undefined;
  }
}
