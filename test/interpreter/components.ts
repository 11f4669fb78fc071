import * as fs from 'node:fs';
import { ContainerComponent, Dataset, ifPresent, int, Metrics, type Stub, str } from 'cdk8s-kfp';
import { Component } from '../../src/components/component';
import type { Json, PortDefinition } from '../../src/components/definition';
import { encodeJson } from '../../src/values/codec';

// biome-ignore lint/suspicious/noExplicitAny: plans wire components as they come; synth checks them
type Any = any;

const INT: PortDefinition = { kind: 'parameter', type: 'NUMBER_INTEGER' };
const STR: PortDefinition = { kind: 'parameter', type: 'STRING' };
const INTS: PortDefinition = { kind: 'parameter', type: 'LIST', element: { type: 'NUMBER_INTEGER' } };
const STRS: PortDefinition = { kind: 'parameter', type: 'LIST', element: { type: 'STRING' } };
const LIST: PortDefinition = { kind: 'parameter', type: 'LIST' };
const ANY: PortDefinition = { kind: 'artifact', type: 'system.Artifact' };

function python(
  name: string,
  inputs: Record<string, PortDefinition>,
  outputs: Record<string, PortDefinition>,
): Component<Any, Any, Any> {
  return new Component<Any, Any, Any>(() => ({
    name,
    inputs,
    outputs,
    implementation: {
      kind: 'python',
      file: 'plans.py',
      function: name,
      line: 1,
      source: `def ${name}(): ...`,
      image: 'python:3.11',
    },
  }));
}

function optional(ports: Record<string, PortDefinition>): Record<string, PortDefinition> {
  return Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, { ...port, optional: true }]));
}

/** Its inputs are required, and it gives a value of each type. It fails on some numbers, where it is told to. */
export const work = python(
  'work',
  {
    n: INT,
    s: STR,
    ratio: { kind: 'parameter', type: 'NUMBER_DOUBLE', optional: true },
    flag: { kind: 'parameter', type: 'BOOLEAN', optional: true },
    mode: INT,
  },
  {
    num: INT,
    word: STR,
    ratio: { kind: 'parameter', type: 'NUMBER_DOUBLE' },
    flag: { kind: 'parameter', type: 'BOOLEAN' },
    ints: INTS,
    strs: STRS,
    conf: { kind: 'parameter', type: 'STRUCT' },
    maybe: INT,
    data: { kind: 'artifact', type: 'system.Dataset' },
    metrics: { kind: 'artifact', type: 'system.Metrics' },
  },
);

/** It takes what may be absent, and tells what it got. */
export const soft = python(
  'soft',
  optional({
    n: INT,
    s: STR,
    flag: { kind: 'parameter', type: 'BOOLEAN' },
    conf: { kind: 'parameter', type: 'STRUCT' },
    list: LIST,
    data: ANY,
  }),
  { word: STR, num: INT },
);

/** It takes lists. */
export const gather = python(
  'gather',
  { list: LIST, models: { kind: 'artifact', type: 'system.Dataset', list: true } },
  { word: STR, num: INT },
);

/** What runs on exit. */
export const final = python(
  'final',
  { status: { kind: 'parameter', type: 'TASK_FINAL_STATUS' }, ...optional({ n: INT, s: STR }) },
  { word: STR },
);

/** One step of a loop that ends by itself. */
export const step = python(
  'step',
  { value: INT, limit: INT },
  { value: INT, done: { kind: 'parameter', type: 'BOOLEAN' } },
);

/** A container that knows nothing of the library. */
export const raw: Component<Any, Any, Any> = new ContainerComponent({
  name: 'raw',
  image: 'busybox:1',
  inputs: { n: int(1), s: str('') },
  outputs: { data: Dataset, num: int(), word: str(), metrics: Metrics },
  command: ['sh'],
  args: ({ inputs }) => [inputs.n, ifPresent(inputs.s, ['--s', inputs.s], ['--no-s'])],
});

/** Texts that something on the way would change, if it could. */
export const TEXTS = [
  '',
  'a',
  'b',
  '{{workflow.uid}}',
  '{{=1+1}}',
  '$(X) $$',
  'json:',
  'json:null',
  '[1]',
  '{',
  '}}',
  "it's",
  'é\n',
  '1',
  'true',
  'null',
  ' \\ "',
];

const told = (value: unknown) => encodeJson(value as Json);

export const STUBS: Readonly<Record<string, Stub>> = {
  work: ({ inputs, outputs }) => {
    const { n, s, mode } = inputs;
    if (mode === 1 || (mode === 2 && n % 2 !== 0)) throw new Error(`no ${s}`);
    outputs.data!.metadata.n = n;
    outputs.data!.metadata.s = s;
    outputs.metrics!.metadata.score = n / 4;
    return {
      num: (n * 2 + 1) % 7,
      word: inputs.flag ? s : `${s}${TEXTS[Math.abs(n) % TEXTS.length]}`.slice(0, 40),
      ratio: inputs.ratio ?? n / 4,
      flag: n % 2 === 0,
      ints: [3, n, 1].slice(0, Math.abs(n) % 3),
      strs: [s, '{{x}} $(Y)', 'a'].slice(0, Math.abs(n) % 4),
      conf: { n, s, deep: { flag: n > 1 } },
      ...(n % 3 !== 0 && { maybe: n }),
    };
  },
  soft: ({ inputs }) => ({
    word: told({ ...inputs, ...(inputs.data && { data: inputs.data.metadata }) }),
    num: Object.keys(inputs).length,
  }),
  gather: ({ inputs }) => {
    const models: readonly { readonly metadata: Any }[] = inputs.models;
    return { word: told([inputs.list, models.map(({ metadata }) => metadata)]).slice(0, 200), num: models.length };
  },
  final: ({ inputs: { status, n, s } }) => ({
    word: told([status.state, status.pipelineTaskName, n ?? null, s ?? null]),
  }),
  step: ({ inputs: { value, limit } }) => {
    if (limit === 13 && value > 1) throw new Error('unlucky');
    return { value: value + 1, done: value + 1 >= limit };
  },
  raw: ({ inputs: { n, s }, outputs }) => {
    if (n === 5) throw new Error('five');
    for (const { path } of Object.values(outputs)) fs.writeFileSync(path, '');
    return { num: n + 1, word: `${s}{{x}}` };
  },
  check: ({ inputs }) => {
    const rules: readonly { readonly holds: boolean }[] = Object.values(inputs.rules);
    if (rules.some(({ holds }) => !holds)) throw new Error('a rule is broken');
  },
};
