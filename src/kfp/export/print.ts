import type { ScalarTag, ToStringOptions } from 'yaml';
import { yamlText } from '../../argo/yaml-text';
import type { IrDocument } from '../ir/types';

/**
 * A KFP document as YAML: one document, and a second one for what Kubernetes is told. Keys stand in the order that KFP's SDK
 * gives them, which is that of the alphabet, so that a pipeline that is exported again differs in what has changed only.
 */
export function printIr({ spec, platform }: IrDocument): string {
  return [spec, ...(platform ? [platform] : [])].map(print).join('---\n');
}

function print(document: object): string {
  return yamlText(sorted(document), OPTIONS as ToStringOptions);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(members.map(([key, member]) => [key, sorted(member)]));
}

/** PyYAML takes a number with an exponent and no point for text. */
function isPointless(value: unknown): boolean {
  return typeof value === 'number' && /^-?\d+e/.test(String(value));
}

/** Such a number, with a point. */
const POINTED: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: isPointless,
  test: /^$/,
  resolve: (text) => text,
  stringify: ({ value }) => String(value).replace('e', '.0e'),
};

const OPTIONS = {
  lineWidth: 0,
  aliasDuplicateObjects: false,
  // Before the others, which would take it for any number.
  customTags: (tags: readonly ScalarTag[]) => [POINTED, ...tags],
};
