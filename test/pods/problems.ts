import type { Any } from './merge';

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/;
const QUALIFIED_NAME = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const QUANTITY = /^\d+(\.\d*)?([eE][-+]?\d+|m|u|n|[kMGTPE]|[KMGTPE]i)?$/;
const VARIABLE = /^[!-<>-~]+$/;

/** What Kubernetes' API refuses in a pod that its schemas do not know of. */
export function problemsOf({ metadata, spec }: Any): string[] {
  const found: string[] = [];
  const check = (right: boolean, problem: string) => {
    if (!right) found.push(problem);
  };
  for (const [key, value] of Object.entries<string>(metadata.labels)) {
    check(QUALIFIED_NAME.test(key) && LABEL_VALUE.test(value), `the label ${key}: ${value}`);
  }
  for (const key of Object.keys(metadata.annotations)) check(QUALIFIED_NAME.test(key), `the annotation ${key}`);
  const { volumes = [], containers, initContainers = [], tolerations = [] } = spec;
  const names: readonly string[] = volumes.map(({ name }: Any) => name);
  check(new Set(names).size === names.length, `volumes of one name: ${names}`);
  for (const name of names) check(LABEL.test(name), `the volume ${name} has no DNS label for a name`);
  for (const { name, ...sources } of volumes) {
    check(Object.keys(sources).length === 1, `the volume ${name} has ${Object.keys(sources).length} sources`);
  }
  const all: readonly Any[] = [...initContainers, ...containers];
  check(new Set(all.map(({ name }) => name)).size === all.length, 'containers of one name');
  for (const container of all) found.push(...inContainer(container, names));
  for (const { operator = 'Equal', key, value } of tolerations) {
    check(operator !== 'Exists' || value === undefined, `the toleration ${key} has a value`);
  }
  return found;
}

function inContainer(
  { name, image, env = [], volumeMounts = [], resources = {} }: Any,
  volumes: readonly string[],
): string[] {
  const found: string[] = [];
  const check = (right: boolean, problem: string) => {
    if (!right) found.push(`${name}: ${problem}`);
  };
  check(LABEL.test(name), 'no DNS label for a name');
  check(typeof image === 'string' && image.trim() !== '', 'no image');
  for (const { name: variable } of env) check(VARIABLE.test(variable), `the variable ${variable}`);
  const paths = volumeMounts.map(({ mountPath }: Any) => mountPath);
  check(new Set(paths).size === paths.length, `two volumes at one path: ${paths}`);
  for (const mount of volumeMounts) check(volumes.includes(mount.name), `there is no volume ${mount.name}`);
  for (const amounts of [resources.requests ?? {}, resources.limits ?? {}]) {
    for (const [resource, amount] of Object.entries(amounts)) {
      check(QUANTITY.test(String(amount)), `'${amount}' of ${resource} is no quantity`);
    }
  }
  return found;
}
