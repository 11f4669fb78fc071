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

/** What YAML refuses, or takes for a line break, also in quotes. */
const UNPRINTABLE = /[\x7f-\x9f\u2028\u2029\ufffe\uffff]/g;

/**
 * Text that is read as other text, or not at all, where it stands as it is: a tab, to PyYAML; `=` and `<<`, to YAML 1.1; lines of
 * nothing but blanks, which are taken for indentation.
 */
function needsQuotes(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const isBlank = value.includes('\n') ? !/\S/.test(value) : value.includes('\t');
  return isBlank || value === '=' || value === '<<' || value.search(UNPRINTABLE) >= 0;
}

/** Such a text, in quotes. */
const QUOTED: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  identify: needsQuotes,
  test: /^$/,
  resolve: (text) => text,
  stringify: ({ value }) =>
    JSON.stringify(value).replace(
      UNPRINTABLE,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
};

const OPTIONS = {
  lineWidth: 0,
  aliasDuplicateObjects: false,
  // Before the others, which would take it for any number, or any text.
  customTags: (tags: readonly ScalarTag[]) => [POINTED, QUOTED, ...tags],
};
