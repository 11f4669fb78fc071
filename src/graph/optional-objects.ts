import {
  type GraphEnvVar,
  type GraphTaskSettings,
  type GraphVolume,
  isRunValue,
  type RunValue,
  type Text,
  type Tree,
  type TreeObject,
} from './settings';

/**
 * A task's settings in which the names of Secrets and ConfigMaps may be absent where they are parameters that a run may leave
 * out: what would be set from such an object is left out then, as in KFP.
 *
 * @param isOptional whether a parameter of the pipeline may be absent
 */
export function withOptionalObjects(
  settings: GraphTaskSettings,
  isOptional: (parameter: string) => boolean,
): GraphTaskSettings {
  const { env, volumes, imagePullSecrets, initContainers, sidecars } = settings;
  const mark = (name: Tree): Tree => {
    if (!isRunValue(name) || name.expression.kind !== 'parameter' || !isOptional(name.expression.name)) return name;
    return { ...name, port: { ...name.port, optional: true } };
  };
  const marked = (source: TreeObject): TreeObject =>
    Object.fromEntries(
      Object.entries(source).map(([kind, of]) => [kind, NAMES[kind] ? named(of, NAMES[kind], mark) : of]),
    );
  // Containers beside the main one could mount what is not there.
  const isAlone = !initContainers && !sidecars;
  return {
    ...settings,
    ...(env && {
      env: env.map((each) => ('valueFrom' in each ? { name: each.name, valueFrom: marked(each.valueFrom) } : each)),
    }),
    ...(volumes &&
      isAlone && {
        volumes: volumes.map((each) => (each.source ? { ...each, source: marked(each.source) } : each)),
      }),
    ...(imagePullSecrets && { imagePullSecrets: imagePullSecrets.map((name) => mark(name) as Text) }),
  };
}

/** The name of the object that a variable comes from, where it may be absent. */
export function optionalSourceOf(variable: GraphEnvVar): RunValue | undefined {
  return 'valueFrom' in variable ? optionalNameIn(variable.valueFrom) : undefined;
}

/** The name of the object that a volume is made of, where it may be absent. */
export function optionalObjectOf({ source }: GraphVolume): RunValue | undefined {
  return source && optionalNameIn(source);
}

/** A name, where it may be absent. */
export function optionalName(name: Tree | undefined): RunValue | undefined {
  return isRunValue(name) && name.port.optional ? name : undefined;
}

/** Where the names of objects stand, by what refers to them. */
const NAMES: Readonly<Record<string, string>> = {
  secretKeyRef: 'name',
  configMapKeyRef: 'name',
  secret: 'secretName',
  configMap: 'name',
};

function named(of: Tree, field: string, mark: (name: Tree) => Tree): Tree {
  const object = of as TreeObject;
  return { ...object, [field]: mark(object[field]!) };
}

function optionalNameIn(source: TreeObject): RunValue | undefined {
  const [kind, of] = Object.entries(source)[0] ?? ['', {}];
  return NAMES[kind] === undefined ? undefined : optionalName((of as TreeObject)[NAMES[kind]]);
}
