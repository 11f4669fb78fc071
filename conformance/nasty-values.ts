import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Json, ParameterType } from '../src/components/definition';
import { encodeValue } from '../src/values/codec';

/** A value and the text that stands for it as a parameter. */
export interface TypedValue {
  readonly type: ParameterType;
  readonly value: Json;
  readonly text: string;
}

/** Strings that one of the machines between a writer and a reader could take for something else. */
const STRINGS = [
  '',
  'plain',
  ' padded ',
  `it's "quoted"`,
  'back\\slash \\n \\u0041',
  'two\nlines\r\n\ttabbed',
  '{{workflow.uid}}',
  '{{=1+1}}',
  '{{ workflow.name }}',
  'a {{ b }} c',
  '}} then {{',
  '{{{{',
  '}}}}',
  '{ {',
  '$(HF_TOKEN) $$ $HOME',
  'json:',
  'json:null',
  'json:"x"',
  '[',
  '[1, 2]',
  '{',
  '{"a": 1}',
  'true',
  '42',
  'null',
  'é 日本語 e\u0301',
  '\u2028 \u2029 \u00a0 \ufeff',
  '<b>&amp;</b>',
  '%s %d #{x} # comment',
  "' || true || '",
  "'] == '1' || inputs.parameters['",
  '"}}{{=1}}',
  '\b\f',
  '\u0000',
  '\u0007 \u000b \u001b[31m \u007f',
  '\u0085 \u009b \ufffe \uffff',
  '\u{1f600}',
  '\u{1fae9} of Unicode 16',
  '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
];

const NUMBERS = [0, 1, -1, 42, 100, 2 ** 31, 2 ** 53, -(2 ** 53)];
const FLOATS = [...NUMBERS, 0.1, -0.1, 0.30000000000000004, 1e21, 1e20, 1e-6, 1e-7, 5e-324, Number.MAX_VALUE];
const LISTS: Json[] = [[], [1, 'two', null, true, 0.1], ['{{workflow.uid}}', '$(X)', "it's", '\u2028<>&'], [[1], [{}]]];
const DICTS: Json[] = [
  {},
  { b: 1, a: 2, '{{x}}': '$' },
  { "it's": { '}}': '{{' }, n: [] },
  { é: '\u{1f600}', z: 1e21, '\uffff': 0, '\u{10000}': 0 },
];

function typed(type: ParameterType, values: readonly Json[]): TypedValue[] {
  return values.map((value) => ({ type, value, text: encodeValue(type, value) }));
}

/** The vectors that TypeScript and Python share. Values that JSON cannot hold are the codec's own tests' business. */
function vectors(): TypedValue[] {
  const file = path.join(__dirname, '..', 'test', 'fixtures', 'codec-vectors.json');
  const all = JSON.parse(fs.readFileSync(file, 'utf8')) as readonly {
    readonly type: ParameterType;
    readonly value: Json;
    readonly text: string | null;
    readonly special?: boolean;
  }[];
  return all.flatMap(({ type, value, text, special }) =>
    text === null || special || isSpecial(value) ? [] : [{ type, value, text }],
  );
}

/** `{"float": "NaN"}` or `{"int": "…"}`: a number that JSON or JavaScript cannot hold. */
function isSpecial(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === 'float' || keys[0] === 'int');
}

/** Whether Go reads and prints a value unchanged: JSON's text of a lone surrogate does not survive it. */
function isWellFormed({ text }: TypedValue): boolean {
  return !/\\ud[89a-f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/i.test(text);
}

const ALL: readonly TypedValue[] = [
  ...typed('STRING', STRINGS),
  ...typed('NUMBER_INTEGER', NUMBERS),
  ...typed('NUMBER_DOUBLE', FLOATS),
  ...typed('BOOLEAN', [true, false]),
  ...typed('LIST', LISTS),
  ...typed('STRUCT', DICTS),
  ...vectors(),
].filter(isWellFormed);

/** Values of some types: all that are known to have caused trouble anywhere. */
export function valuesOf(...types: readonly ParameterType[]): readonly TypedValue[] {
  const seen = new Set<string>();
  return ALL.filter(({ type, text }) => {
    const key = `${type} ${text}`;
    return types.includes(type) && !seen.has(key) && seen.add(key);
  });
}
