import fs from 'node:fs';
import { parseAllDocuments } from 'yaml';

/**
 * The fields of Kubernetes' own kinds that this library writes. A field that is not here is a mistake or news: a cluster
 * ignores or refuses a misspelt one, so a new one is to be added here by somebody who looked it up.
 */

const text = (value) => (typeof value === 'string' ? [] : [`is ${describe(value)}, not a text`]);
const flag = (value) => (typeof value === 'boolean' ? [] : [`is ${describe(value)}, not a boolean`]);
const textsBy = (key) => (value) =>
  isObject(value)
    ? Object.entries(value).flatMap(([name, member]) => [
        ...(key.test(name) ? [] : [`has the invalid key '${name}'`]),
        ...text(member).map((problem) => `.${name} ${problem}`),
      ])
    : ['is no object'];
const listOf = (check) => (value) =>
  Array.isArray(value)
    ? value.flatMap((item, index) => check(item).map((problem) => `[${index}]${problem}`))
    : ['is no list'];
const fields =
  (required, optional = {}) =>
  (value) => {
    if (!isObject(value)) return [' is no object'];
    const known = { ...required, ...optional };
    return [
      ...Object.keys(required).flatMap((name) => (name in value ? [] : [` lacks ${name}`])),
      ...Object.entries(value).flatMap(([name, member]) =>
        name in known
          ? known[name](member).map((problem) => `.${name}${separate(problem)}`)
          : [` has the unknown field '${name}'`],
      ),
    ];
  };

const LABEL_KEY = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/;
const DATA_KEY = /^[-._a-zA-Z0-9]{1,253}$/;
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const name = (value) => (NAME.test(value) ? [] : [`'${value}' is no name`]);
const labels = (value) => [
  ...textsBy(LABEL_KEY)(value),
  ...Object.entries(value).flatMap(([key, member]) =>
    LABEL_VALUE.test(member) ? [] : [`.${key} '${member}' is no label`],
  ),
];
const metadata = fields({ name }, { namespace: name, labels, annotations: textsBy(LABEL_KEY) });
const object = (own, optional) => fields({ apiVersion: text, kind: text, metadata, ...own }, optional);
const reference = fields({ kind: text, name: text }, { apiGroup: text, namespace: text });

const KINDS = {
  'v1/ConfigMap': object({}, { immutable: flag, data: textsBy(DATA_KEY) }),
  'v1/Secret': object({ type: text }, { immutable: flag, data: textsBy(DATA_KEY), stringData: textsBy(DATA_KEY) }),
  'v1/ServiceAccount': object({}, { automountServiceAccountToken: flag, imagePullSecrets: listOf(fields({ name })) }),
  'rbac.authorization.k8s.io/v1/Role': object({
    rules: listOf(
      fields(
        { apiGroups: listOf(text), resources: listOf(text), verbs: listOf(text) },
        { resourceNames: listOf(text) },
      ),
    ),
  }),
  'rbac.authorization.k8s.io/v1/RoleBinding': object({ roleRef: reference, subjects: listOf(reference) }),
};

/** Kinds that a stricter checker sees. */
const ARGO = /^argoproj\.io\//;

/**
 * Complaints about the objects of Kubernetes' own kinds in some YAML files; an empty text where there are none.
 *
 * @param {readonly string[]} files
 */
export function checkCoreKinds(files) {
  return files
    .flatMap((file) =>
      parseAllDocuments(fs.readFileSync(file, 'utf8'), { version: '1.1', uniqueKeys: true }).flatMap((document) => {
        if (document.errors.length > 0) return document.errors.map((error) => `${file}: ${error.message}`);
        return complaintsAbout(document.toJS()).map((complaint) => `${file}: ${complaint}`);
      }),
    )
    .join('\n');
}

function complaintsAbout(resource) {
  const kind = `${resource?.apiVersion}/${resource?.kind}`;
  if (ARGO.test(kind)) return [];
  const check = KINDS[kind];
  if (!check) return [`no checker knows the kind ${kind}`];
  return check(resource).map((problem) => `${resource.kind} ${resource.metadata?.name}${separate(problem)}`);
}

function separate(problem) {
  return /^[.[ ]/.test(problem) ? problem : ` ${problem}`;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value) {
  return `${JSON.stringify(value)}`;
}
