import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { byCodePoint, pythonJson, SHORTEST, SORTING } from './json.mjs';

/** Labels that kustomize adds, which nothing selects by. */
export const LABELS_OF_KUSTOMIZE = ['application-crd-id', 'app.kubernetes.io/component', 'app.kubernetes.io/name'];
const ANNOTATIONS_OF_TOOLS = 'internal.kpt.dev/';

const HOLDERS_OF_LABELS = ['labels', 'matchLabels', 'selector'];
const MAY_BE_EMPTY = ['labels', 'annotations', 'matchLabels'];

/** Lists whose order says nothing. */
const SETS = ['env', 'volumes', 'volumeMounts', 'imagePullSecrets'];
const SETS_OF_RULES = ['apiGroups', 'resources', 'verbs', 'resourceNames'];

/**
 * An object without what says nothing: labels of tools, defaults that Kubernetes fills in, the order of sets, the style of YAML
 * within texts.
 *
 * @param {readonly string[]} path the fields above it; '[]' for a list's items
 */
export function normal(value, path = []) {
  if (Array.isArray(value)) return normalList(value, path);
  if (typeof value === 'object' && value !== null) return normalObject(value, path);
  return typeof value === 'string' && value.includes('\n') ? normalText(value, path) : value;
}

/** The digest of a normal object. */
export function digestOf(normalObject) {
  return createHash('sha256').update(pythonJson(normalObject, SHORTEST)).digest('hex').slice(0, 16);
}

function normalObject(value, path) {
  const above = path.at(-1);
  const fields = Object.entries(value)
    .filter(([key, each]) => each !== null && !isOfTools(key, above))
    .map(([key, each]) => [key, normal(each, [...path, key])])
    .filter(([key, each]) => !(MAY_BE_EMPTY.includes(key) && isEmpty(each)));
  return withoutDefaults(Object.fromEntries(fields), path);
}

function isOfTools(key, above) {
  if (HOLDERS_OF_LABELS.includes(above)) return LABELS_OF_KUSTOMIZE.includes(key);
  return above === 'annotations' && key.startsWith(ANNOTATIONS_OF_TOOLS);
}

function isEmpty(value) {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function withoutDefaults(fields, path) {
  const isPort = 'containerPort' in fields || ('port' in fields && ('targetPort' in fields || 'name' in fields));
  if (isPort && fields.protocol === 'TCP') delete fields.protocol;
  if ('targetPort' in fields && fields.targetPort === fields.port) delete fields.targetPort;
  if (path.length === 1 && path[0] === 'spec' && fields.type === 'ClusterIP') delete fields.type;
  return fields;
}

function normalList(list, path) {
  const above = path.at(-1);
  const items = list.map((each) => normal(each, [...path, '[]']));
  if (above === 'rules') {
    for (const item of items) {
      for (const key of SETS_OF_RULES) if (Array.isArray(item[key])) item[key].sort(byCodePoint);
    }
  }
  const isSet = SETS.includes(above) || above === 'rules' || (above === 'ports' && path.includes('[]'));
  return isSet ? items.sort((one, other) => byCodePoint(pythonJson(one, SORTING), pythonJson(other, SORTING))) : items;
}

/** YAML within a text, as PyYAML reads it; else the text. */
function normalText(text, path) {
  const parsed = parsedText(text);
  if (typeof parsed !== 'object' || parsed === null) return text.trimEnd();
  return { $parsed: normal(parsed, [...path, '$parsed']) };
}

function parsedText(text) {
  try {
    return parse(text, { version: '1.1', uniqueKeys: false, intAsBigInt: true, logLevel: 'error' });
  } catch {
    return undefined;
  }
}
