import type {
  ComponentDefinition,
  ContainerArgument,
  ContainerImplementation,
  ContainerReference,
  Json,
  ParameterDefinition,
  PortDefinition,
  PythonImplementation,
} from '../components/definition';
import type { GraphTaskSettings, PipelineGraph } from '../graph/graph';
import { ABSENT, encodeJson, encodeValue, escapeJson } from '../values/codec';
import { inputArtifact, inputKey, outputArtifact, outputKey, plainReference } from './artifacts';
import { string, tag } from './expression-printer';
import { COMPONENT_DIR, INPUT_DIR, RUNTIME_DIR, RUNTIME_VOLUME, WORK_DIR, WORK_VOLUME } from './paths';
import { volumeNameOf } from './sources';
import type { Artifact, Container, EnvVar, OutputParameter, Parameter, Template } from './types';

/** The template of a component, for tasks with these settings. */
export function componentTemplate(
  name: string,
  component: ComponentDefinition,
  settings: GraphTaskSettings,
  graph: PipelineGraph,
): Template {
  const { implementation } = component;
  const inputs = Object.entries(component.inputs);
  const outputs = Object.entries(component.outputs);
  const python = implementation.kind === 'python';
  const parameters = inputs.map(([input, port]) => inputParameter(input, port));
  const artifactsIn = inputs.flatMap(([input, port]): Artifact[] =>
    port.kind === 'artifact' ? [inputArtifact(input, port, graph.artifactRepository)] : [],
  );
  const artifactsOut = outputs.flatMap(([output, port]): Artifact[] =>
    port.kind === 'artifact'
      ? [
          outputArtifact(
            output,
            python ? `${WORK_DIR}/artifacts/${output}` : `${WORK_DIR}/${output}`,
            port,
            component,
            graph.artifactRepository,
          ),
        ]
      : [],
  );
  return {
    name,
    ...((parameters.length > 0 || artifactsIn.length > 0) && {
      inputs: { parameters, ...(artifactsIn.length > 0 && { artifacts: artifactsIn }) },
    }),
    ...(outputs.length > 0 && {
      outputs: {
        parameters: outputs.map(([output, port]) => outputParameter(output, port, component)),
        ...(artifactsOut.length > 0 && { artifacts: artifactsOut }),
      },
    }),
    ...podSettings(settings),
    ...(python
      ? { securityContext: restrictedPod(), container: pythonContainer(component, implementation, settings) }
      : { container: plainContainer(component, implementation, settings) }),
  };
}

/** An input of a template that takes what a port does; one that may be left out has a default. */
export function inputParameter(name: string, port: PortDefinition): Parameter {
  if (!port.optional) return { name };
  const value = port.kind === 'parameter' && port.default !== undefined ? encodeValue(port.type, port.default) : ABSENT;
  return { name, default: value };
}

function outputParameter(name: string, port: PortDefinition, component: ComponentDefinition): OutputParameter {
  if (component.implementation.kind === 'python') {
    // A function that returns None writes no value; an artifact always has its reference.
    const path = `${WORK_DIR}/outputs/${name}`;
    return { name, valueFrom: { path, ...(port.kind === 'parameter' && { default: ABSENT }) } };
  }
  if (port.kind === 'parameter') return { name, valueFrom: { path: `${WORK_DIR}/${name}` } };
  // Nothing ever writes that file: the reference is the default, in which Argo resolves the pod's name.
  return {
    name,
    valueFrom: { path: `${WORK_DIR}/.${name}.reference`, default: plainReference(name, port, component) },
  };
}

function podSettings({
  retry,
  timeoutSeconds,
}: GraphTaskSettings): Pick<Template, 'retryStrategy' | 'activeDeadlineSeconds'> {
  return {
    ...(retry && {
      retryStrategy: {
        limit: String(retry.retries),
        retryPolicy: retry.policy,
        ...(retry.backoffSeconds !== undefined && {
          backoff: {
            duration: `${retry.backoffSeconds}s`,
            ...(retry.backoffFactor !== undefined && { factor: String(retry.backoffFactor) }),
            ...(retry.backoffCapSeconds !== undefined && { cap: `${retry.backoffCapSeconds}s` }),
          },
        }),
      },
    }),
    ...(timeoutSeconds !== undefined && { activeDeadlineSeconds: timeoutSeconds }),
  };
}

/** Kubernetes' Pod Security level "restricted". @see https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
function restrictedPod(): NonNullable<Template['securityContext']> {
  return {
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 1000,
    fsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

function pythonContainer(
  component: ComponentDefinition,
  implementation: PythonImplementation,
  settings: GraphTaskSettings,
): Container {
  return {
    image: implementation.image,
    command: ['python3', `${RUNTIME_DIR}/launch.py`],
    env: withBrace(
      [
        // Values first: Kubernetes expands $(NAME) with the variables that stand before.
        ...Object.keys(component.inputs).map((name) => ({
          name: `KFP_INPUT_${name}`,
          value: `{{inputs.parameters.${name}}}`,
        })),
        ...Object.entries(component.inputs).flatMap(([name, port]): EnvVar[] =>
          port.kind === 'artifact' && port.list ? [{ name: `KFP_FOLDER_${name}`, value: inputKey(name, port) }] : [],
        ),
        ...Object.entries(component.outputs).flatMap(([name, port]): EnvVar[] =>
          port.kind === 'artifact' ? [{ name: `KFP_KEY_${name}`, value: outputKey(name, port, component) }] : [],
        ),
        { name: 'KFP_COMPONENT', value: componentSpec(component, implementation) },
        ...environment(settings),
      ],
      [],
    ),
    ...resources(settings),
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [
      { name: RUNTIME_VOLUME, mountPath: RUNTIME_DIR, readOnly: true },
      { name: volumeNameOf(implementation.file), mountPath: COMPONENT_DIR, readOnly: true },
      { name: WORK_VOLUME, mountPath: WORK_DIR },
    ],
  };
}

/** What the runtime is told to run; docs/runtime-contract.md describes it. */
export function componentSpec(component: ComponentDefinition, implementation: PythonImplementation): string {
  const { function: name, packages, pipIndexUrls, pipTrustedHosts, useVenv, paths, classes } = implementation;
  const ports = (all: Readonly<Record<string, PortDefinition>>) =>
    Object.fromEntries(Object.entries(all).map(([port, definition]) => [port, portSpec(definition)]));
  return escapeJson(
    encodeJson({
      function: name,
      inputs: ports(component.inputs),
      outputs: ports(component.outputs),
      ...(Object.keys(component.outputs).length > 1 && { order: Object.keys(component.outputs) }),
      ...(packages?.length && { packages }),
      ...(pipIndexUrls?.length && { pipIndexUrls }),
      ...(pipTrustedHosts?.length && { pipTrustedHosts }),
      ...(useVenv && { useVenv }),
      ...(paths?.length && { paths }),
      ...(classes && Object.keys(classes).length > 0 && { classes }),
    }),
  );
}

function portSpec(port: PortDefinition) {
  return {
    ...(port.kind === 'parameter' ? { type: port.type } : { artifact: port.type, ...(port.list && { list: true }) }),
    ...(port.optional && { optional: true }),
  };
}

function plainContainer(
  component: ComponentDefinition,
  implementation: ContainerImplementation,
  settings: GraphTaskSettings,
): Container {
  const print = (argument: ContainerArgument) => printContainerArgument(argument, component);
  const own = Object.entries(implementation.env ?? {}).map(([name, value]) => ({ name, value: print(value) }));
  const command = implementation.command.map(print);
  const args = implementation.args.map(print);
  const env = withBrace([...own, ...environment(settings)], [...command, ...args]);
  return {
    image: implementation.image,
    command,
    ...(args.length > 0 && { args }),
    ...(env.length > 0 && { env }),
    ...resources(settings),
    volumeMounts: [{ name: WORK_VOLUME, mountPath: WORK_DIR }],
  };
}

function printContainerArgument(argument: ContainerArgument, component: ComponentDefinition): string {
  if (typeof argument === 'string') return literalText(argument);
  return (
    argument.parts
      // A brace beside a tag, or beside what comes out of one, would begin another tag.
      .map((part) =>
        typeof part === 'string' ? withoutBraces(part.replaceAll('$', '$$$$')) : printReference(part, component),
      )
      .join('')
  );
}

/**
 * A variable that holds one brace. Argo has no escape for `{{`; but Kubernetes puts variables in after Argo is done, so
 * that two of them become what Argo would have expanded.
 */
const BRACE = { name: 'KFP_BRACE', value: '{' };
const BRACE_VARIABLE = `$(${BRACE.name})`;

/** Puts {@link BRACE} before all variables, where one of them or of the other texts refers to it. */
function withBrace(env: readonly EnvVar[], texts: readonly string[]): EnvVar[] {
  const used = [...env.map(({ value }) => value), ...texts].some((text) => text.includes(BRACE_VARIABLE));
  return used ? [{ ...BRACE }, ...env] : [...env];
}

/** Text that neither Argo (`{{`) nor Kubernetes (`$(NAME)`, `$$`) changes on its way to the program. */
function literalText(text: string): string {
  const escaped = text.replaceAll('$', '$$$$');
  return escaped.includes('{{') ? withoutBraces(escaped) : escaped;
}

function withoutBraces(text: string): string {
  return text.replaceAll('{', () => BRACE_VARIABLE);
}

function printReference({ ref, name }: ContainerReference, component: ComponentDefinition): string {
  if (ref === 'input-path') return `${INPUT_DIR}/${name}`;
  if (ref === 'output-path') return `${WORK_DIR}/${name}`;
  return tag(rawText(`inputs.parameters['${name}']`, component.inputs[name] as ParameterDefinition));
}

/** The raw text of an encoded parameter, for a program that does not know the encoding. */
function rawText(variable: string, port: ParameterDefinition): string {
  const { type, optional, default: standard } = port;
  // A default stands for what is absent, as in a Python component; None is nothing.
  const fallback = standard === undefined || standard === null ? '' : rawLiteral(standard);
  const none =
    fallback === ''
      ? `${variable} in ['json:', 'json:null'] ? '' : `
      : `${variable} == 'json:' ? ${string(fallback)} : ${variable} == 'json:null' ? '' : `;
  if (type === 'NUMBER_INTEGER' || type === 'NUMBER_DOUBLE' || type === 'BOOLEAN') {
    return optional ? `${none}${variable}` : `string(${variable})`;
  }
  // JSON keeps its escapes: a program that reads JSON undoes them.
  const decoded = type === 'STRING' ? `fromJSON(${variable}[5:])` : `${variable}[5:]`;
  const value = `${variable} startsWith 'json:' ? ${decoded} : ${variable}`;
  const safe = `replace(replace(${value}, '$', '$$'), '{', '${BRACE_VARIABLE}')`;
  return optional ? `${none}${safe}` : safe;
}

/** A default as a program takes it, with `$` and braces as the other texts have them. */
function rawLiteral(value: Json): string {
  return (typeof value === 'string' ? value : encodeJson(value))
    .replaceAll('$', '$$$$')
    .replaceAll('{', () => BRACE_VARIABLE);
}

function environment(settings: GraphTaskSettings): EnvVar[] {
  return Object.entries(settings.env ?? {}).map(([name, value]) => ({ name, value: literalText(value) }));
}

function resources({ resources }: GraphTaskSettings): Pick<Container, 'resources'> {
  if (!resources) return {};
  return { resources: { requests: { ...resources.requests }, limits: { ...resources.limits } } };
}
