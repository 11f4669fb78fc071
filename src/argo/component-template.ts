import type {
  ComponentDefinition,
  ContainerArgument,
  ContainerImplementation,
  PortDefinition,
  PythonImplementation,
} from '../components/definition';
import { testedInputs } from '../components/optional-arguments';
import { shippedFile, shippedName } from '../components/shipped-texts';
import type { Fetches } from '../graph/artifact-sources';
import { memberOf } from '../graph/member';
import type { Presence } from '../graph/presence';
import { type GraphTaskSettings, settingInputs } from '../graph/settings';
import { ABSENT, encodeJson, encodeValue, escapeJson } from '../values/codec';
import { type PortPlace, type RunContext, TemplateArtifacts } from './artifacts';
import { ArgumentPrinter } from './container-arguments';
import { importerTemplate } from './importer-template';
import { mergePatch } from './merge-patch';
import { COMPONENT_DIR, OBJECT_DIRS, RUNTIME_DIR, RUNTIME_VOLUME, WORK_DIR, WORK_VOLUME } from './paths';
import { containerFields, environment, podFields, volumeMounts } from './pod-settings';
import { withBrace } from './raw-text';
import { resourceAction, resourceSettings } from './resource-template';
import { type Patch, SettingPrinter } from './setting-printer';
import { volumeNameOf } from './sources';
import type { Container, OutputParameter, Parameter, Template } from './types';

/**
 * The template of a component, for tasks with these settings.
 *
 * @param presence the inputs of which synth knows whether these tasks are given them
 */
export function componentTemplate(
  name: string,
  component: ComponentDefinition,
  settings: GraphTaskSettings,
  fetches: Fetches,
  run: RunContext,
  presence: Presence = {},
): Template {
  const { implementation } = component;
  if (implementation.kind === 'importer') return importerTemplate(name, component, settings, run);
  const print = new SettingPrinter(settings);
  const inputs = Object.entries(component.inputs);
  const outputs = Object.entries(component.outputs);
  const artifacts = new TemplateArtifacts(component, settings, fetches, run, print);
  const tested = new Set(implementation.kind === 'container' ? testedInputs(implementation) : []);
  const parameters = [
    ...inputs.map(([input, port]) => inputParameter(input, port, tested.has(input))),
    ...settingInputs(settings).map(({ input }) => ({ name: input })),
  ];
  const artifactsIn = artifacts.inputs;
  const artifactsOut = artifacts.outputs;
  const line =
    implementation.kind === 'container'
      ? commandLine(implementation, new ArgumentPrinter(component, artifacts, presence))
      : undefined;
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
    ...podFields(
      implementation.kind === 'resource' ? resourceSettings(settings) : settings,
      component,
      print,
      line?.late,
    ),
    ...(implementation.kind === 'resource'
      ? { resource: resourceAction(component.inputs, implementation) }
      : {
          container:
            implementation.kind === 'python'
              ? pythonContainer(component, implementation, settings, artifacts, print)
              : plainContainer(component, implementation, settings, line!, print),
        }),
  };
  return settings.templateOverrides ? (mergePatch(template, settings.templateOverrides) as Template) : template;
}

/**
 * An input of a template that takes what a port does; one that may be left out has a default.
 *
 * @param isTested whether it matters that it was left out
 */
export function inputParameter(name: string, port: PortDefinition, isTested = false): Parameter {
  if (!port.optional) return { name };
  if (isTested) return { name, default: ABSENT };
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
  if (port.kind === 'parameter') return { name, valueFrom: { path: artifacts.placeOfOutput(name) } };
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
  const taken = (settings.mounts ?? []).map(({ path }) => path);
  const objects = Object.entries(OBJECT_DIRS).filter(
    ([, folder]) => !taken.some((path) => `${path}/`.startsWith(`${folder}/`)),
  );
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
        {
          name: 'KFP_COMPONENT',
          value: componentSpec(component, implementation, artifacts.places, Object.fromEntries(objects)),
        },
        ...(implementation.shipsAs === undefined
          ? []
          : [{ name: 'KFP_SOURCE', value: `${COMPONENT_DIR}/${shippedFile(shippedName(implementation))}` }]),
        ...environment(settings, print),
      ],
      [],
    ),
    ...containerFields(settings, component, print),
    volumeMounts: [
      { name: RUNTIME_VOLUME, mountPath: RUNTIME_DIR, readOnly: true },
      ...(implementation.program
        ? objects.map(([, folder]) => ({ name: WORK_VOLUME, mountPath: folder, subPath: `program${folder}` }))
        : [{ name: volumeNameOf(implementation.file), mountPath: COMPONENT_DIR, readOnly: true }]),
      { name: WORK_VOLUME, mountPath: WORK_DIR },
      ...volumeMounts(settings, print),
    ],
  };
}

/**
 * What the runtime is told to run; docs/runtime-contract.md describes it.
 *
 * @param mounts folders in which a program finds the objects of a bucket, by the scheme of their URIs
 */
export function componentSpec(
  component: ComponentDefinition,
  implementation: PythonImplementation,
  places: Partial<TemplateArtifacts['places']> = {},
  mounts: Readonly<Record<string, string>> = {},
): string {
  const { program } = implementation;
  const { function: name, packages, pipIndexUrls, pipTrustedHosts, useVenv, paths, classes } = implementation;
  const ports = (all: Readonly<Record<string, PortDefinition>>, own: Readonly<Record<string, PortPlace>> = {}) =>
    Object.fromEntries(
      Object.entries(all).map(([port, definition]) => [port, { ...portSpec(definition), ...memberOf(own, port) }]),
    );
  const told = {
    function: name,
    inputs: ports(component.inputs, places.inputs),
    outputs: ports(component.outputs, places.outputs),
  };
  if (program) {
    return escapeJson(encodeJson({ ...told, program, ...(Object.keys(mounts).length > 0 && { mounts }) }));
  }
  return escapeJson(
    encodeJson({
      ...told,
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

/** How a container without the runtime is started. */
interface CommandLine {
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** What of it the pod's patch gives. */
  readonly late: { readonly [field: string]: Patch };
  /** The text of another argument, or of a variable. */
  text(argument: ContainerArgument): string;
}

function commandLine({ command, args }: ContainerImplementation, print: ArgumentPrinter): CommandLine {
  const known = { command: print.known(command), args: print.known(args) };
  return {
    command: known.command ?? [],
    args: known.args ?? [],
    late: {
      ...(!known.command && { command: print.late(command) }),
      ...(!known.args && { args: print.late(args) }),
    },
    text: (argument) => print.text(argument),
  };
}

function plainContainer(
  component: ComponentDefinition,
  implementation: ContainerImplementation,
  settings: GraphTaskSettings,
  { command, args, text }: CommandLine,
  print: SettingPrinter,
): Container {
  const asked = new Set(settings.env?.map(({ name }) => name));
  const own = Object.entries(implementation.env ?? {})
    .filter(([name]) => !asked.has(name))
    .map(([name, value]) => ({ name, value: text(value) }));
  const env = withBrace([...own, ...environment(settings, print)], [...command, ...args]);
  return {
    image: imageOf(implementation.image, settings, print),
    ...(command.length > 0 && { command }),
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
