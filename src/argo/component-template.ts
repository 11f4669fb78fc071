import type {
  ComponentDefinition,
  ContainerArgument,
  ContainerImplementation,
  ContainerReference,
  ParameterDefinition,
  PortDefinition,
  PythonImplementation,
} from '../components/definition';
import type { Fetches } from '../graph/artifact-sources';
import { memberOf } from '../graph/member';
import { type GraphTaskSettings, settingInputs } from '../graph/settings';
import { ABSENT, encodeJson, encodeValue, escapeJson } from '../values/codec';
import { type PortPlace, type RunContext, TemplateArtifacts } from './artifacts';
import { tag } from './expression-printer';
import { importerTemplate } from './importer-template';
import { mergePatch } from './merge-patch';
import { COMPONENT_DIR, RUNTIME_DIR, RUNTIME_VOLUME, WORK_DIR, WORK_VOLUME } from './paths';
import { containerFields, environment, podFields, volumeMounts } from './pod-settings';
import { literalText, rawText, textBesideTags, withBrace } from './raw-text';
import { resourceAction, resourceSettings } from './resource-template';
import { SettingPrinter } from './setting-printer';
import { volumeNameOf } from './sources';
import type { Container, OutputParameter, Parameter, Template } from './types';

/** The template of a component, for tasks with these settings. */
export function componentTemplate(
  name: string,
  component: ComponentDefinition,
  settings: GraphTaskSettings,
  fetches: Fetches,
  run: RunContext,
): Template {
  const { implementation } = component;
  if (implementation.kind === 'importer') return importerTemplate(name, component, settings, run);
  const print = new SettingPrinter(settings);
  const inputs = Object.entries(component.inputs);
  const outputs = Object.entries(component.outputs);
  const artifacts = new TemplateArtifacts(component, settings, fetches, run, print);
  const parameters = [
    ...inputs.map(([input, port]) => inputParameter(input, port)),
    ...settingInputs(settings).map(({ input }) => ({ name: input })),
  ];
  const artifactsIn = artifacts.inputs;
  const artifactsOut = artifacts.outputs;
  const template: Template = {
    name,
    ...((parameters.length > 0 || artifactsIn.length > 0) && {
      inputs: { parameters, ...(artifactsIn.length > 0 && { artifacts: artifactsIn }) },
    }),
    ...(outputs.length > 0 && {
      outputs: {
        parameters: outputs.map(([output, port]) => outputParameter(output, port, component, artifacts)),
        ...(artifactsOut.length > 0 && { artifacts: artifactsOut }),
      },
    }),
    ...podFields(implementation.kind === 'resource' ? resourceSettings(settings) : settings, component, print),
    ...(implementation.kind === 'resource'
      ? { resource: resourceAction(component.inputs, implementation) }
      : {
          container:
            implementation.kind === 'python'
              ? pythonContainer(component, implementation, settings, artifacts, print)
              : plainContainer(component, implementation, settings, artifacts, print),
        }),
  };
  return settings.templateOverrides ? (mergePatch(template, settings.templateOverrides) as Template) : template;
}

/** An input of a template that takes what a port does; one that may be left out has a default. */
export function inputParameter(name: string, port: PortDefinition): Parameter {
  if (!port.optional) return { name };
  const value = port.kind === 'parameter' && port.default !== undefined ? encodeValue(port.type, port.default) : ABSENT;
  return { name, default: value };
}

function outputParameter(
  name: string,
  port: PortDefinition,
  component: ComponentDefinition,
  artifacts: TemplateArtifacts,
): OutputParameter {
  if (component.implementation.kind === 'resource') {
    return { name, valueFrom: { jsonPath: component.implementation.outputs[name]! } };
  }
  if (component.implementation.kind === 'python') {
    // A function that returns None writes no value; an artifact always has its reference.
    const path = `${WORK_DIR}/outputs/${name}`;
    return { name, valueFrom: { path, ...(port.kind === 'parameter' && { default: ABSENT }) } };
  }
  if (port.kind === 'parameter') return { name, valueFrom: { path: `${WORK_DIR}/${name}` } };
  // Nothing ever writes that file: the reference is the default, in which Argo resolves the pod's name.
  return {
    name,
    valueFrom: { path: `${WORK_DIR}/.${name}.reference`, default: artifacts.reference(name, port) },
  };
}

function pythonContainer(
  component: ComponentDefinition,
  implementation: PythonImplementation,
  settings: GraphTaskSettings,
  artifacts: TemplateArtifacts,
  print: SettingPrinter,
): Container {
  return {
    image: imageOf(implementation.image, settings, print),
    command: ['python3', `${RUNTIME_DIR}/launch.py`],
    env: withBrace(
      [
        // Values first: Kubernetes expands $(NAME) with the variables that stand before.
        ...Object.keys(component.inputs).map((name) => ({
          name: `KFP_INPUT_${name}`,
          value: `{{inputs.parameters.${name}}}`,
        })),
        ...artifacts.variables,
        { name: 'KFP_COMPONENT', value: componentSpec(component, implementation, artifacts.places) },
        ...environment(settings, print),
      ],
      [],
    ),
    ...containerFields(settings, component, print),
    volumeMounts: [
      { name: RUNTIME_VOLUME, mountPath: RUNTIME_DIR, readOnly: true },
      { name: volumeNameOf(implementation.file), mountPath: COMPONENT_DIR, readOnly: true },
      { name: WORK_VOLUME, mountPath: WORK_DIR },
      ...volumeMounts(settings, print),
    ],
  };
}

/** What the runtime is told to run; docs/runtime-contract.md describes it. */
export function componentSpec(
  component: ComponentDefinition,
  implementation: PythonImplementation,
  places: Partial<TemplateArtifacts['places']> = {},
): string {
  const { function: name, packages, pipIndexUrls, pipTrustedHosts, useVenv, paths, classes } = implementation;
  const ports = (all: Readonly<Record<string, PortDefinition>>, own: Readonly<Record<string, PortPlace>> = {}) =>
    Object.fromEntries(
      Object.entries(all).map(([port, definition]) => [port, { ...portSpec(definition), ...memberOf(own, port) }]),
    );
  return escapeJson(
    encodeJson({
      function: name,
      inputs: ports(component.inputs, places.inputs),
      outputs: ports(component.outputs, places.outputs),
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
  artifacts: TemplateArtifacts,
  print: SettingPrinter,
): Container {
  const printed = (argument: ContainerArgument) => printContainerArgument(argument, component, artifacts);
  const asked = new Set(settings.env?.map(({ name }) => name));
  const own = Object.entries(implementation.env ?? {})
    .filter(([name]) => !asked.has(name))
    .map(([name, value]) => ({ name, value: printed(value) }));
  const command = implementation.command.map(printed);
  const args = implementation.args.map(printed);
  const env = withBrace([...own, ...environment(settings, print)], [...command, ...args]);
  return {
    image: imageOf(implementation.image, settings, print),
    command,
    ...(args.length > 0 && { args }),
    ...(env.length > 0 && { env }),
    ...containerFields(settings, component, print),
    volumeMounts: [{ name: WORK_VOLUME, mountPath: WORK_DIR }, ...volumeMounts(settings, print)],
  };
}

/** A task's own image stands for its component's. */
function imageOf(image: string, { image: own }: GraphTaskSettings, print: SettingPrinter): string {
  return own === undefined ? image : print.field(own);
}

function printContainerArgument(
  argument: ContainerArgument,
  component: ComponentDefinition,
  artifacts: TemplateArtifacts,
): string {
  if (typeof argument === 'string') return literalText(argument);
  return (
    argument.parts
      // A brace beside a tag, or beside what comes out of one, would begin another tag.
      .map((part) => (typeof part === 'string' ? textBesideTags(part) : printReference(part, component, artifacts)))
      .join('')
  );
}

function printReference(
  { ref, name }: ContainerReference,
  component: ComponentDefinition,
  artifacts: TemplateArtifacts,
): string {
  if (ref === 'input-path') return artifacts.inputPath(name);
  if (ref === 'output-path') return artifacts.outputPath(name);
  return tag(rawText(`inputs.parameters['${name}']`, component.inputs[name] as ParameterDefinition));
}
