import { isDeepStrictEqual } from 'node:util';
import type { ComponentDefinition, ResourceImplementation } from '../../components/definition';
import { namespaceOf } from '../../components/resource-component';
import type { Diagnostic } from '../../diagnostic';
import { type PipelineGraph, tasksWithSettings } from '../graph';
import { type GraphTaskSettings, isRunValue, type RunValue, type Tree } from '../settings';
import { subexpressions } from '../walk';

type Report = (message: string, mend: string) => void;

/** What means nothing for a pod that holds Argo's executor alone, in the words of the settings that users write. */
const MEANINGLESS: Readonly<Partial<Record<keyof GraphTaskSettings, string>>> = {
  image: 'image',
  resources: 'resources',
  env: 'env',
  envFrom: 'envFrom',
  volumes: 'volumes',
  mounts: 'volumes',
  initContainers: 'initContainers',
  sidecars: 'sidecars',
  imagePullPolicy: 'imagePullPolicy',
  workingDir: 'workingDir',
  lifecycle: 'lifecycle',
  securityContext: 'securityContext',
  extraContainerSpec: 'extraContainerSpec',
  debugPause: 'debugPause',
  caching: 'caching',
  artifacts: 'artifacts',
  byReference: 'byReference',
};

const ACTIONS: readonly string[] = ['create', 'apply', 'replace', 'patch', 'delete', 'get'];

/** What resource components do with objects of the cluster is what kubectl and Argo's executor can do. */
export function resourceComponents(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const resources = new Set<string>();
  for (const component of Object.values(graph.components)) {
    const { name, implementation } = component;
    if (implementation.kind !== 'resource') continue;
    resources.add(name);
    checkResource(component, implementation, (message, mend) =>
      diagnostics.push({ code: 'KFP1285', path: graph.path, message: `the component '${name}' ${message}`, mend }),
    );
  }
  for (const { path, component, settings } of tasksWithSettings(graph)) {
    if (!resources.has(component)) continue;
    // What all tasks of the pipeline are given is not meant for this one.
    const given = (Object.keys(MEANINGLESS) as (keyof GraphTaskSettings)[]).filter(
      (key) => settings[key] !== undefined && !isDeepStrictEqual(settings[key], graph.settings[key]),
    );
    if (given.length === 0) continue;
    const names = [...new Set(given.map((key) => MEANINGLESS[key]))].join(', ');
    diagnostics.push({
      code: 'KFP1286',
      path,
      message: `the settings ${names} mean nothing here: no container of yours runs, but Argo's executor alone`,
      mend: 'take them out; what the object itself needs belongs into the manifest',
    });
  }
  return diagnostics;
}

function checkResource(
  { inputs, outputs }: ComponentDefinition,
  implementation: ResourceImplementation,
  report: Report,
): void {
  const { action, manifest, mergeStrategy, successCondition, failureCondition, flags = [] } = implementation;
  if (!ACTIONS.includes(action)) report(`has the action '${action}'`, `use one of ${ACTIONS.join(', ')}`);
  if (mergeStrategy !== undefined && action !== 'patch') {
    report(`has a mergeStrategy, and its action is ${action}`, 'leave it out: it is about patches');
  }
  if (mergeStrategy === 'json' ? !Array.isArray(manifest) : Array.isArray(manifest)) {
    report(
      'has a list where an object belongs, or an object where a list does',
      "give the list of a JSON patch's operations with mergeStrategy: 'json', and an object otherwise",
    );
  } else if (mergeStrategy === 'json') {
    if (flags.length === 0) report('does not say what to patch', "name it by flags: ['configmap', 'settings']");
  } else {
    checkManifest(implementation, report);
  }
  if (
    action === 'delete' &&
    (Object.keys(outputs).length > 0 || (successCondition ?? failureCondition) !== undefined)
  ) {
    report('deletes an object, and has outputs or conditions', 'take them out: nothing is left to look at');
  }
  const texts: readonly (readonly [string, string | undefined])[] = [
    ['successCondition', successCondition],
    ['failureCondition', failureCondition],
    ...flags.map((flag) => ['flag', flag] as const),
    ...Object.entries(implementation.outputs).map(([name, path]) => [`JSONPath of '${name}'`, path] as const),
  ];
  for (const [what, text] of texts) {
    if (text === undefined) continue;
    if (text.trim() === '' || text.includes('{{') || text.includes('$')) {
      report(
        `has the ${what} '${text}', which is empty, or which Argo or Kubernetes would expand`,
        'write it without `{{` and `$`',
      );
    }
  }
  for (const [name, path] of Object.entries(implementation.outputs)) {
    if (!/^\{.*\}$/s.test(path)) {
      report(`reads '${name}' from '${path}', which is no JSONPath template`, "write it in braces: '{.metadata.name}'");
    }
  }
  for (const [name, port] of Object.entries({ ...inputs, ...outputs })) {
    if (port.kind === 'artifact')
      report(`has the artifact '${name}'`, 'pass parameters: a manifest holds no artifacts');
  }
  for (const { expression } of valuesIn(manifest)) {
    if (expression.kind === 'parameter') continue;
    for (const part of subexpressions(expression)) {
      if (part.kind !== 'parameter') continue;
      const port = inputs[part.name];
      if (port?.kind !== 'parameter' || !port.optional || port.default !== undefined) continue;
      report(
        `builds text of the input '${part.name}', which may be absent`,
        'let it stand alone as the value of a field, which is left out then, or give it a default',
      );
    }
  }
}

function checkManifest({ action, manifest, setOwnerReference }: ResourceImplementation, report: Report): void {
  const { apiVersion, kind, metadata } = { ...(manifest as object) } as Readonly<Record<string, Tree | undefined>>;
  for (const [field, value] of Object.entries({ apiVersion, kind })) {
    if (typeof value === 'string' && value !== '') continue;
    report(`has no ${field} that is known at synth`, 'write it in the manifest, as text');
  }
  const { name, generateName } = { ...(metadata as object) } as Readonly<Record<string, Tree | undefined>>;
  if ((name ?? (action === 'create' ? generateName : undefined)) === undefined) {
    report(
      'has an object without a name',
      'give it metadata.name: one made of run.name is its own in each run; what is created may have metadata.generateName',
    );
  }
  if (setOwnerReference && namespaceOf(manifest) !== undefined) {
    report(
      'has an object of another namespace that belongs to the run',
      'leave setOwnerReference out: Kubernetes would remove the object at once',
    );
  }
  if (setOwnerReference && !['create', 'apply', 'replace'].includes(action)) {
    report(`lets what it would ${action} belong to the run`, 'leave setOwnerReference out');
  }
}

function valuesIn(tree: Tree): readonly RunValue[] {
  if (isRunValue(tree)) return [tree];
  return typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap((each) => valuesIn(each as Tree)) : [];
}
