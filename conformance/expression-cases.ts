// Prints, as JSON, what the library prints for Argo: texts with tags, the variables they read, and what must come out.
// conformance/expressions evaluates them with Argo's own code.
import { isDeepStrictEqual } from 'node:util';
import { type RunContext, TemplateArtifacts } from '../src/argo/artifacts';
import { componentTemplate } from '../src/argo/component-template';
import { DagPrinter } from '../src/argo/dag-templates';
import { printArgument, type Resolve, reference, tag, typed } from '../src/argo/expression-printer';
import { collected, encodedItem } from '../src/argo/group-templates';
import { podPatch } from '../src/argo/pod-patch';
import { fileText } from '../src/argo/raw-text';
import { SettingPrinter } from '../src/argo/setting-printer';
import type {
  ArtifactDefinition,
  ComponentDefinition,
  ContainerArgument,
  Json,
  ParameterDefinition,
} from '../src/components/definition';
import type { PipelineGraph, TaskNode } from '../src/graph/graph';
import type { GraphTaskSettings, RunValue } from '../src/graph/settings';
import { encodeReference } from '../src/local/reference';
import { decodeValue, encodeJson, encodeValue, escapeJson } from '../src/values/codec';
import type { ComparisonOperator, Expression } from '../src/values/expression';
import { type TypedValue, valuesOf } from './nasty-values';

/** A text with tags, what it reads, and what must come out. */
export interface Case {
  readonly name: string;
  readonly text: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What must come out; absent where evaluation must fail. */
  readonly want?: string;
  readonly fails?: true;
  /** The variables of the container that gets the text: Kubernetes puts them in after Argo is done. */
  readonly pod?: Readonly<Record<string, string>>;
}

const cases: Case[] = [];

/** Parameters are inputs of the template; outputs are those of a container that does not encode them. */
const resolve: Resolve = (leaf) => {
  if (leaf.kind === 'parameter') return reference('inputs.parameters', leaf.name);
  if (leaf.kind === 'run') return { tag: `workflow.${leaf.field}`, variable: `workflow.${leaf.field}` };
  if (leaf.kind !== 'output') throw new Error(`${leaf.kind} is no case`);
  const variable = `tasks['${leaf.task}'].outputs.parameters['${leaf.output}']`;
  return { tag: `tasks.${leaf.task}.outputs.parameters.${leaf.output}`, variable, raw: true };
};

function parameter(type: Expression['type'], name = 'train--x_1'): Expression {
  return { kind: 'parameter', name, type };
}

function literal({ type, value }: TypedValue): Expression {
  return { kind: 'literal', type, value };
}

function given(text: string, name = 'train--x_1'): Record<string, string> {
  return { [`inputs.parameters.${name}`]: text };
}

function add(name: string, text: string, environment: Record<string, string>, want: string | undefined): void {
  // What stands in a tag must neither end it nor begin another one.
  const ill = text.startsWith('{{=') && /\{\{|\}\}/.test(text.slice(2, -2));
  if (ill) console.error(`${name}: braces in the tag ${text}`);
  if (ill) process.exitCode = 1;
  cases.push({ name, text, environment, ...(want === undefined ? { fails: true } : { want }) });
}

function show(value: unknown): string {
  return JSON.stringify(value);
}

function argument(name: string, expression: Expression, environment: Record<string, string>, want?: string): void {
  add(name, printArgument(expression, resolve), environment, want);
}

function condition(name: string, expression: Expression, environment: Record<string, string>, want: boolean): void {
  add(name, tag(typed(expression, resolve)), environment, String(want));
}

const SCALARS = ['STRING', 'NUMBER_INTEGER', 'NUMBER_DOUBLE', 'BOOLEAN'] as const;
const ALL_TYPES = [...SCALARS, 'LIST', 'STRUCT'] as const;

/** The text that a program without the library's encoding writes, and reads. */
function plainText({ type, value }: TypedValue): string {
  return type === 'STRING' ? (value as string) : encodeJson(value);
}

/**
 * The text of a value that an expression computes. What only a manifest's YAML cannot hold stays as it is: the expression
 * language has no way to escape it, and no manifest is written after it.
 */
function computedText({ type, value }: TypedValue): string {
  const json = encodeJson(value);
  const escaped = json.replaceAll('{{', '{\\u007b').replaceAll('$', '\\u0024').replaceAll('\x7f', '\\u007f');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Argo cannot pass on
  const rewritable = /\{\{|\$|^json:|^[{[]|[\r\n]$|[\0-\x07\x0b\x0e-\x1f\x7f]/;
  const isPlain = type === 'STRING' ? !rewritable.test(value as string) : escaped === json;
  const text = isPlain ? plainText({ type, value, text: '' }) : `json:${escaped}`;
  if (!isDeepStrictEqual(decodeValue(type, text), value)) throw new Error(`${text} does not stand for ${show(value)}`);
  return text;
}

/** Values that an expression can compute: Argo itself cannot pass on what Go does not know as printable. */
function computable(...types: readonly TypedValue['type'][]): readonly TypedValue[] {
  return valuesOf(...types).filter(
    ({ value }) => value !== null && !/[\u{1fae9}\u{e0000}-\u{e007f}]/u.test(show(value)),
  );
}

function passedOn(): void {
  for (const each of valuesOf(...ALL_TYPES)) {
    argument(`literal ${show(each.value)}`, literal(each), {}, each.text);
    argument(`value ${show(each.value)}`, parameter(each.type), given(each.text), each.text);
  }
}

function rawOutputs(): void {
  for (const each of computable(...ALL_TYPES)) {
    const output: Expression = { kind: 'output', task: 'push', output: 'x_1', type: each.type };
    const variable = 'tasks.push.outputs.parameters.x_1';
    argument(`raw ${show(each.value)}`, output, { [variable]: plainText(each) }, computedText(each));
    if (each.type === 'STRING') continue;
    argument(`raw line ${show(each.value)}`, output, { [variable]: `${plainText(each)}\n` }, computedText(each));
  }
}

/** A value as text holds it: numbers and booleans as JSON. */
function textTemplates(): void {
  const string = (value: string) => computedText({ type: 'STRING', value, text: '' });
  for (const each of computable(...SCALARS)) {
    const around: Expression = { kind: 'text', parts: ['<', parameter(each.type), '>'], type: 'STRING' };
    const want = string(`<${plainText(each)}>`);
    argument(`text around ${show(each.value)}`, around, given(each.text), want);
    const alone: Expression = { kind: 'text', parts: [parameter(each.type)], type: 'STRING' };
    argument(`text of ${show(each.value)}`, alone, given(each.text), string(plainText(each)));
  }
  for (const { value } of computable('STRING')) {
    const parts = [value as string, parameter('STRING'), value as string];
    const want = string(`${value}{${value}`);
    const environment = given(encodeValue('STRING', '{'));
    argument(`text with ${show(value)}`, { kind: 'text', parts, type: 'STRING' }, environment, want);
  }
  argument('empty text', { kind: 'text', parts: [], type: 'STRING' }, {}, '');
  const nested: Expression = { kind: 'text', parts: ['a', parameter('STRING')], type: 'STRING' };
  argument('text in text', { kind: 'text', parts: [nested, '$'], type: 'STRING' }, given('b'), 'json:"ab\\u0024"');
}

const OPERATORS: Readonly<Record<ComparisonOperator, (a: Json, b: Json) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': ordered((a, b) => a < b),
  '<=': ordered((a, b) => a <= b),
  '>': ordered((a, b) => a > b),
  '>=': ordered((a, b) => a >= b),
};

/** Texts are ordered by their bytes in UTF-8. */
function ordered(holds: (a: number, b: number) => boolean): (a: Json, b: Json) => boolean {
  return (a, b) =>
    typeof a === 'string'
      ? holds(Buffer.compare(Buffer.from(a), Buffer.from(b as string)), 0)
      : holds(a as number, b as number);
}

function compare(operator: ComparisonOperator, left: Expression, right: Expression): Expression {
  return { kind: 'compare', operator, left, right, type: 'BOOLEAN' };
}

function comparisons(): void {
  for (const type of SCALARS) {
    const values = valuesOf(type).filter(({ value }) => value !== null);
    const operators = (Object.keys(OPERATORS) as ComparisonOperator[]).slice(0, type === 'BOOLEAN' ? 2 : 6);
    for (const [index, left] of values.entries()) {
      // Each value with itself, and with two others.
      for (const right of [left, values[(index + 1) % values.length]!, values[(index * 7 + 3) % values.length]!]) {
        for (const operator of operators) {
          const want = OPERATORS[operator](left.value, right.value);
          const name = `${show(left.value)} ${operator} ${show(right.value)}`;
          const value = parameter(type);
          condition(name, compare(operator, value, literal(right)), given(left.text), want);
          condition(`literal ${name}`, compare(operator, literal(left), value), given(right.text), want);
          const both = { ...given(left.text), ...given(right.text, 'y') };
          condition(`values ${name}`, compare(operator, value, parameter(type, 'y')), both, want);
        }
      }
    }
  }
  const mixed = compare('>', parameter('NUMBER_INTEGER'), { kind: 'literal', type: 'NUMBER_DOUBLE', value: 1.5 });
  condition('int with float', mixed, given('2'), true);
  // By UTF-16 it would be the other way round; and a text is not the text that stands for it.
  for (const [less, more] of [
    ['\uffee', '\u{1f600}'],
    ['10', '9'],
    ['{', 'k'],
  ]) {
    const texts = { ...given(encodeValue('STRING', less!)), ...given(encodeValue('STRING', more!), 'y') };
    const isLess = compare('<', parameter('STRING'), parameter('STRING', 'y'));
    condition(`text ${less} < ${more}`, isLess, texts, less !== '{');
    const isMore = compare('>', parameter('STRING'), parameter('STRING', 'y'));
    condition(`text ${less} > ${more}`, isMore, texts, less === '{');
    const known: Expression = { kind: 'literal', type: 'STRING', value: more! };
    const joined: Expression = { kind: 'text', parts: [parameter('STRING'), ''], type: 'STRING' };
    condition(`joined text ${less} < ${more}`, compare('<', joined, known), texts, less !== '{');
  }
  const person = { kind: 'literal', type: 'STRING', value: '\u00e9' } as const;
  condition('text as a person types it', compare('==', parameter('STRING'), person), given('\u00e9'), true);
}

function logic(): void {
  const value = parameter('BOOLEAN');
  const larger = compare('>', parameter('NUMBER_INTEGER', 'n'), { kind: 'literal', type: 'NUMBER_INTEGER', value: 3 });
  const isN3 = compare('==', parameter('NUMBER_INTEGER', 'n'), { kind: 'literal', type: 'NUMBER_INTEGER', value: 3 });
  const not = (operand: Expression): Expression => ({ kind: 'not', operand, type: 'BOOLEAN' });
  const all = (...operands: Expression[]): Expression => ({ kind: 'and', operands, type: 'BOOLEAN' });
  const any = (...operands: Expression[]): Expression => ({ kind: 'or', operands, type: 'BOOLEAN' });
  const joined: Expression = { kind: 'text', parts: ['n', parameter('NUMBER_INTEGER', 'n')], type: 'STRING' };
  const isN4 = compare('==', joined, { kind: 'literal', type: 'STRING', value: 'n4' });
  for (const a of [true, false]) {
    for (const n of [3, 4]) {
      const environment = { ...given(String(a)), ...given(String(n), 'n') };
      const [is, want] = [`a=${a} n=${n}`, n > 3];
      condition(`${is} a`, value, environment, a);
      condition(`${is} not a`, not(value), environment, !a);
      condition(`${is} not n>3`, not(larger), environment, !want);
      condition(`${is} a and n>3`, all(value, larger), environment, a && want);
      condition(`${is} a or n>3`, any(value, larger), environment, a || want);
      condition(`${is} (a or n>3) and not a`, all(any(value, larger), not(value)), environment, (a || want) && !a);
      condition(`${is} not (a and n>3)`, not(all(value, larger)), environment, !(a && want));
      condition(`${is} n>3 == a`, compare('==', larger, value), environment, want === a);
      condition(`${is} a == (n>3)`, compare('==', value, larger), environment, want === a);
      condition(`${is} (n>3) != (n>3)`, compare('!=', larger, larger), environment, false);
      condition(`${is} a == not a`, compare('==', value, not(value)), environment, false);
      condition(`${is} (n==3) == (n==3)`, compare('==', isN3, isN3), environment, true);
      condition(`${is} text == n4`, isN4, environment, n === 4);
      argument(`${is} n>3 as argument`, larger, environment, String(want));
      argument(`${is} a and n>3 as argument`, all(value, larger), environment, String(a && want));
      const inText: Expression = { kind: 'text', parts: [larger, ' ', not(value)], type: 'STRING' };
      argument(`${is} booleans in text`, inText, environment, `${want} ${!a}`);
    }
  }
}

/** What an exit task is told about the run, in KFP's words. */
function finalStatus(): void {
  const status: Expression = { kind: 'run', field: 'finalStatus', type: 'TASK_FINAL_STATUS' };
  const root = { nodes: [], outputs: {} };
  const graph = {
    name: 'training',
    root,
    components: { notify: { implementation: { kind: 'container' } } },
    pipelines: {},
  } as unknown as PipelineGraph;
  const task = { kind: 'task', component: 'notify', inputs: { status }, settings: {} } as unknown as TaskNode;
  const text = new DagPrinter(graph, graph).hookOfRun(task).arguments!.parameters[0]!.value!;
  const names = { pipelineJobResourceName: 'run-1', pipelineTaskName: 'training' };
  const check = (phase: string, failures: Json, want: Json) =>
    add(
      `final status ${phase} ${show(failures)}`,
      text,
      // Argo gives the failures as JSON in a quoted string.
      { 'workflow.status': phase, 'workflow.name': 'run-1', 'workflow.failures': JSON.stringify(encodeJson(failures)) },
      computedText({ type: 'STRUCT', value: want, text: '' }),
    );
  check('Succeeded', [], { state: 'SUCCEEDED', ...names, error: { code: 0, message: '' } });
  for (const { value } of computable('STRING')) {
    // Argo writes the failures in Go's notation, which is no JSON where it holds DEL.
    if (typeof value !== 'string' || value === '' || value.includes('\x7f')) continue;
    const failed = { displayName: 'train', message: value, phase: 'Failed' };
    const dag = { displayName: 'run-1', message: '', phase: 'Failed' };
    const error = { code: 1, message: `train: ${value}` };
    check('Failed', [dag, failed], { state: 'FAILED', ...names, error });
    check('Error', [failed, failed], {
      state: 'FAILED',
      ...names,
      error: { code: 1, message: `train: ${value}; train: ${value}` },
    });
  }
}

const METRICS: ArtifactDefinition = { kind: 'artifact', type: 'system.Metrics' };

function metrics(): void {
  const read = (name: string): Expression => ({
    kind: 'metric',
    artifact: { kind: 'parameter', name: 'metrics', type: 'system.Metrics' },
    name,
    type: 'NUMBER_DOUBLE',
  });
  const made = (metadata: Record<string, Json>) =>
    given(encodeReference({ key: 'ns/run/pod/metrics', type: METRICS.type, metadata }), 'metrics');
  for (const name of ['accuracy', "it's", 'a.b', 'a b', '{{x}}', '$(X)', '\\', '\u2028', '"]', '}}']) {
    for (const { value, text } of valuesOf('NUMBER_DOUBLE')) {
      if (typeof value !== 'number') continue;
      argument(`metric ${show(name)} = ${value}`, read(name), made({ other: 1, [name]: value }), text);
      const above = compare('>=', read(name), { kind: 'literal', type: 'NUMBER_DOUBLE', value: 0.5 });
      condition(`metric ${show(name)} = ${value} >= 0.5`, above, made({ [name]: value }), value >= 0.5);
    }
  }
  argument('a metric that was not logged', read('accuracy'), made({ other: 1 }));
}

/** What a program gets, once Argo and then Kubernetes have replaced what they know. */
function containerArguments(): void {
  for (const each of valuesOf(...ALL_TYPES)) {
    for (const optional of [false, true]) {
      if (each.value === null && !optional) continue;
      const json = each.text.replace(/^json:/, '');
      const isText = each.type === 'STRING' && each.value !== null;
      const plain = each.value === null ? '' : isText ? (each.value as string) : json;
      const parts = ['--x=', { ref: 'input-value', name: 'x' } as const, ' $(Y) $$ {{workflow.uid}}'];
      const name = `${optional ? 'optional ' : ''}argument ${show(each.value)}`;
      containerArgument(name, parts, each, `--x=${plain} $(Y) $$ {{workflow.uid}}`, optional);
    }
  }
  for (const type of ALL_TYPES) {
    const absent = { type, value: null, text: 'json:' };
    containerArgument(`argument of an absent ${type}`, [{ ref: 'input-value', name: 'x' }], absent, '', true);
  }
  // Braces that only together would begin a tag.
  const x = { ref: 'input-value', name: 'x' } as const;
  for (const value of ['{workflow.uid}}', 'x{', '{', 'x']) {
    const each = { type: 'STRING', value, text: encodeValue('STRING', value) } as const;
    containerArgument(`argument after a brace: ${value}`, ['{', x], each, `{${value}`);
    containerArgument(`argument before a brace: ${value}`, [x, '{workflow.uid}}'], each, `${value}{workflow.uid}}`);
    containerArgument(`argument in braces: ${value}`, ['{', x, '}'], each, `{${value}}`);
    containerArgument(
      `argument beside itself: ${value}`,
      [x, x, 'workflow.uid}}'],
      each,
      `${value}${value}workflow.uid}}`,
    );
  }
}

/** Adds the case of an argument of a container component that has the input `x`. */
function containerArgument(
  name: string,
  parts: Exclude<ContainerArgument, string>['parts'],
  { type, text }: TypedValue,
  want: string,
  optional = false,
): void {
  const x: ParameterDefinition = { kind: 'parameter', type, ...(optional && { optional }) };
  const implementation = { kind: 'container' as const, image: 'busybox:1', command: ['echo'], args: [{ parts }] };
  const component = { name: 'echo', inputs: { x }, outputs: {}, implementation };
  const template = componentTemplate('echo', component, {}, {}, RUN);
  const { args, env = [] } = template.container!;
  const pod = Object.fromEntries(env.flatMap((each) => ('value' in each ? [[each.name, each.value]] : [])));
  cases.push({ name, text: args![0]!, environment: given(text, 'x'), want, pod });
}

/** Arguments of which the run decides how many there are: a patch of the pod, through which Kubernetes looks alone. */
function optionalArguments(): void {
  const x = { ref: 'input-value', name: 'x' } as const;
  const command = [
    {
      ifPresent: 'x',
      // biome-ignore lint/suspicious/noThenProperty: as in the definition
      then: ['--x', { parts: ['$(Y){{y}}', x] }],
      else: ["it's", '{'],
    },
  ];
  const implementation = { kind: 'container' as const, image: 'busybox:1', command, args: [] };
  for (const { type, value, text } of [
    ...valuesOf(...ALL_TYPES),
    ...ALL_TYPES.map((each) => ({ type: each, value: null, text: 'json:' })),
  ]) {
    const inputs = { x: { kind: 'parameter' as const, type, optional: true } };
    const { podSpecPatch } = componentTemplate(
      'echo',
      { name: 'echo', inputs, outputs: {}, implementation },
      {},
      {},
      RUN,
    );
    const plain = type === 'STRING' ? value : text.replace(/^json:/, '');
    const given = ['--x', `$$(Y){{y}}${String(plain).replaceAll('$', '$$$$')}`];
    const line = value === null ? ["it's", '{'] : given;
    // Go prints some characters as they are that this library escapes: to a reader of JSON that is the same.
    if (/[\u0080-\u009f\ufffe\uffff]/.test(String(value))) continue;
    const want = escapeJson(encodeJson({ containers: [{ name: 'main', command: line }] }));
    add(`optional arguments of ${type} ${show(value)}`, podSpecPatch!, { 'inputs.parameters.x': text }, want);
  }
}

/** A parameter in a file: Kubernetes looks through the template that Argo's executor gets. */
function parameterFiles(): void {
  for (const { type, value, text } of valuesOf(...ALL_TYPES)) {
    if (value === null) continue;
    const plain = type === 'STRING' ? (value as string) : text.replace(/^json:/, '');
    // Argo refuses other control characters there.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    if (/[\x00-\x07\x0b\x0e-\x1f]/.test(plain)) continue;
    const want = plain.includes('{{') ? undefined : plain.replaceAll('$', '$$$$');
    add(
      `file of ${type} ${show(value)}`,
      fileText("inputs.parameters['x']", { kind: 'parameter', type }),
      given(text, 'x'),
      want,
    );
  }
}

/** What a container is told of an artifact that it reads. */
function artifactArguments(): void {
  for (const { value } of valuesOf('STRING')) {
    if (value === null) continue;
    const metadata = { [value as string]: value, n: 1.5 };
    const at = { key: 'k/rows', type: METRICS.type, metadata };
    const told = (ref: 'input-uri' | 'input-metadata', member?: string) => ({
      ref,
      name: 'x',
      ...(member !== undefined && { member }),
    });
    for (const optional of [false, true]) {
      const x: ArtifactDefinition = { ...METRICS, ...(optional && { optional }) };
      const check = (name: string, reference: ReturnType<typeof told>, text: string, want: string) => {
        const args = [{ parts: ['{', reference] }];
        const implementation = { kind: 'container' as const, image: 'busybox:1', command: ['echo'], args };
        const template = componentTemplate(
          'echo',
          { name: 'echo', inputs: { x }, outputs: {}, implementation },
          {},
          {},
          RUN,
        );
        const pod = { KFP_BRACE: '{' };
        cases.push({
          name: `${name} ${show(value)}`,
          text: template.container!.args![0]!,
          environment: given(text, 'x'),
          want: `{${want}`,
          pod,
        });
      };
      check('URI', told('input-uri'), encodeReference(at), 'artifact:///k/rows');
      check('own URI', told('input-uri'), encodeReference({ ...at, uri: `s3://b/${value}` }), `s3://b/${value}`);
      check('member of metadata', told('input-metadata', value as string), encodeReference(at), value as string);
      check('number of metadata', told('input-metadata', 'n'), encodeReference(at), '1.5');
      check('no member of metadata', told('input-metadata', 'm'), encodeReference({ ...at, metadata: {} }), '');
      if (optional) check('absent', told('input-uri'), 'json:', '');
      if (optional) check('metadata of what is absent', told('input-metadata', 'n'), 'json:null', '');
      if (/[\u0080-\u009f\ufffe\uffff]/.test(String(value))) continue;
      check('metadata', told('input-metadata'), encodeReference(at), encodeJson(metadata));
    }
  }
}

function artifacts(): void {
  const key = 'ns/run/make/data/pod';
  const implementation = { kind: 'container', image: 'x:1', command: [], args: [] } as const;
  const component: ComponentDefinition = { name: 'make', inputs: {}, outputs: { data: METRICS }, implementation };
  const keyOf = keyOfInput;
  for (const { value } of valuesOf('STRING')) {
    if (value === null) continue;
    const text = encodeReference({ key, type: METRICS.type, metadata: { [value as string]: value } });
    add(`key beside metadata ${show(value)}`, keyOf(METRICS), given(text, 'x'), key);
    add(`optional key beside ${show(value)}`, keyOf({ ...METRICS, optional: true }), given(text, 'x'), key);
    argument(`reference with ${show(value)}`, parameter(METRICS.type as Expression['type']), given(text), text);
  }
  add('key of an absent artifact', keyOf({ ...METRICS, optional: true }), given('json:', 'x'), '');
  const names = { 'workflow.namespace': 'ns', 'workflow.name': 'run', 'pod.name': 'pod' };
  const written = artifactsOf(component);
  add('key of an output', s3KeyOf(written.outputs[0]!), names, key);
  const reference = encodeReference({ key, type: METRICS.type, metadata: {} });
  add('reference of a plain container', written.reference('data', METRICS), names, reference);
}

/** An item of a list that exists in the run, by its index. */
function items(): void {
  const all = computable(...ALL_TYPES).filter(({ value }) => typeof value !== 'number' || Number.isSafeInteger(value));
  const list =
    "fromJSON(inputs.parameters['l--items'] startsWith 'json:' ? inputs.parameters['l--items'][5:] : inputs.parameters['l--items'])";
  for (const [index, each] of all.entries()) {
    // Argo's own reading of numbers: what is whole is an int.
    const environment = (members: readonly Json[]) => ({
      'inputs.parameters.l--items': encodeValue('LIST', members),
      item: String(members.indexOf(each.value)),
    });
    const neighbours = [all[(index + 1) % all.length]!.value, each.value].filter(
      (value) => !isDeepStrictEqual(value, Number.NaN),
    );
    const name = `item ${show(each.value)}`;
    add(`${name} of anything`, tag(encodedItem('UNKNOWN', list)), environment(neighbours), computedText(each));
    add(name, tag(encodedItem(each.type, list)), environment([each.value]), computedText(each));
  }
  const nothing = { 'inputs.parameters.l--items': '[null]', item: '0' };
  add('item null', tag(encodedItem('UNKNOWN', list)), nothing, 'json:null');
  const reference = encodeReference({ key: 'a/b', type: 'system.Model', metadata: { '{{x}}': '$(Y) "q" \\' } });
  for (const members of [`[${reference}]`, JSON.stringify([reference])]) {
    const environment = { 'inputs.parameters.l--items': members, item: '0' };
    add(`artifact as item of ${members}`, tag(encodedItem('system.Model', list)), environment, reference);
  }
}

/** What iterations gave, from the list that Argo makes of their texts: objects and lists are parsed where all are. */
function collections(): void {
  const variable = 'tasks.l.outputs.parameters.x';
  const aggregated = (texts: readonly string[]) => {
    const parsed = texts.map((text) => (/^[[{]/.test(text) ? JSON.parse(text) : undefined));
    return JSON.stringify(parsed.includes(undefined) ? texts : parsed);
  };
  const check = (name: string, type: Expression['type'], texts: readonly string[], want: Json) =>
    add(
      `collected ${name}`,
      tag(collected('l', 'x', parameter(type))),
      { [variable]: aggregated(texts) },
      computedText({ type: 'LIST', value: want, text: '' }),
    );
  for (const type of ALL_TYPES) {
    const values = computable(type).filter(({ value }) => typeof value !== 'number' || Number.isFinite(value));
    for (const [index, each] of values.entries()) {
      const other = values[(index + 1) % values.length]!;
      check(`${type} ${show(each.value)}`, type, [each.text, other.text], [each.value, other.value]);
      check(`${type} ${show(each.value)} beside nothing`, type, ['json:', each.text, 'json:null'], [each.value, null]);
    }
    check(`${type} of no iteration that gave one`, type, ['json:', 'json:'], []);
  }
  check('numbers that JSON lacks', 'NUMBER_DOUBLE', ['NaN', '1.5', '-Infinity'], [null, 1.5, null]);
  const reference = encodeReference({ key: 'a/b', type: 'system.Model', metadata: { '{{x}}': '$(Y)' } });
  check('artifacts', 'system.Model', [reference, reference], [JSON.parse(reference), JSON.parse(reference)]);
  check('artifacts and nothing', 'system.Model', [reference, 'json:'], [JSON.parse(reference)]);
  check('lists of artifacts', 'system.Model[]', [`[${reference}]`, '[]'], [[JSON.parse(reference)], []]);
}

/** Members whose type nobody declared. */
function unknowns(): void {
  const field: Expression = {
    kind: 'field',
    of: { kind: 'parameter', name: 'd', type: 'STRUCT' },
    name: 'n',
    type: 'UNKNOWN',
  };
  const dict = (members: { readonly [name: string]: Json }) => given(encodeValue('STRUCT', members), 'd');
  const inText: Expression = { kind: 'text', parts: ['a', field], type: 'STRING' };
  for (const [value, shown] of [
    [10_000_000, '10000000'],
    [1.5, '1.5'],
    [true, 'true'],
    ['x y', 'x y'],
    [['x', 1], '["x",1]'],
    [{ b: [] }, '{"b":[]}'],
    [null, ''],
  ] as const) {
    argument(`unknown ${show(value)} in text`, inText, dict({ n: value as Json }), `a${shown}`);
    const not: Expression = { kind: 'not', operand: field, type: 'BOOLEAN' };
    condition(`not unknown ${show(value)}`, not, dict({ n: value as Json }), value !== true);
  }
  argument('unknown that is missing in text', inText, dict({}), 'a');
}

/** Values of the run in a task's settings: in variables, in annotations, and in a patch of the pod. */
function settings(): void {
  for (const { type, value, text } of valuesOf(...ALL_TYPES)) {
    const expression: Expression = { kind: 'parameter', name: 'x', type };
    const given: RunValue = { expression, port: { kind: 'parameter', type, optional: true } };
    const settings: GraphTaskSettings = { env: [{ name: 'X', value: given }] };
    const print = new SettingPrinter(settings);
    const environment = { 'inputs.parameters.setting--env-X': text };
    const name = `${type} ${show(value)} in a`;
    const patched = { x: value, y: "it's {{x}} $(Y)" };
    // Go prints some characters as they are that this library escapes: to a reader of JSON that is the same.
    if (!/[\u0080-\u009f\ufffe\uffff]/.test(String(value))) {
      add(`${name} patch`, print.patch({ x: given, y: patched.y }), environment, escapeJson(encodeJson(patched)));
    }
    const raw = value === null ? '' : typeof value === 'string' ? value : text.replace(/^json:/, '');
    // Argo refuses other control characters there.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    if (!/[\x00-\x07\x0b\x0e-\x1f]/.test(raw)) {
      add(`${name} field`, print.field(given), environment, raw.replace(/\{(?=\{)/g, '{ '));
    }
    cases.push({
      name: `${name} variable`,
      text: print.argument(given),
      environment,
      want: raw,
      pod: { KFP_BRACE: '{' },
    });
  }
  const memory: GraphTaskSettings = {
    resources: { requests: { memory: '3Gi' }, limits: {} },
    retry: { retries: 3, policy: 'Always', memoryFactor: 2 },
  };
  const grown = { containers: [{ name: 'main', resources: { requests: { memory: '12Gi' } } }] };
  add(
    'memory of the third attempt',
    podPatch(memory, new SettingPrinter(memory))!,
    { retries: '2' },
    encodeJson(grown),
  );
}

/** Tolerations of which the run gives some: one, a list, or none. */
function lateTolerations(): void {
  const late: RunValue = {
    expression: { kind: 'parameter', name: 't', type: 'LIST' },
    port: { kind: 'parameter', type: 'LIST', optional: true },
  };
  const known = { key: "it's {{x}}", operator: 'Exists' };
  const settings: GraphTaskSettings = { tolerations: [late, known] };
  const patch = podPatch(settings, new SettingPrinter(settings))!;
  const check = (text: string, ...given: readonly Json[]) =>
    add(
      `tolerations ${text}`,
      patch,
      { 'inputs.parameters.setting--tolerations-0': text },
      escapeJson(encodeJson({ tolerations: [...given, known] })),
    );
  check('json:');
  check('json:null');
  check('[]');
  check('{"key":"a"}', { key: 'a' });
  check('[{"key":"a"},{"key":"b","tolerationSeconds":30}]', { key: 'a' }, { key: 'b', tolerationSeconds: 30 });
}

/** A run of a pipeline that keeps its artifacts in S3. */
const RUN: RunContext = {
  graph: { artifactRepository: { kind: 's3' } } as PipelineGraph,
  ofRun: ({ kind }) => ({ tag: kind, variable: kind }),
};

/** The artifacts of a component in such a pipeline. */
function artifactsOf(component: ComponentDefinition): TemplateArtifacts {
  return new TemplateArtifacts(component, {}, {}, RUN, new SettingPrinter({}));
}

/** The key that an input is fetched by. */
function keyOfInput(port: ArtifactDefinition): string {
  const implementation = { kind: 'container', image: 'x:1', command: [], args: [] } as const;
  return s3KeyOf(artifactsOf({ name: 'c', inputs: { x: port }, outputs: {}, implementation }).inputs[0]!);
}

function s3KeyOf(artifact: object): string {
  return (artifact as { readonly s3: { readonly key: string } }).s3.key;
}

/** The folder that a list of artifacts is fetched from. */
function folders(): void {
  const port: ArtifactDefinition = { kind: 'artifact', type: 'system.Model', list: true };
  const key = keyOfInput(port);
  const reference = (path: string) => ({ key: path, type: 'system.Model', metadata: '{}' });
  const check = (name: string, list: Json, want: string, text = encodeJson(list)) =>
    add(`folder of ${name}`, key, { 'inputs.parameters.x': text }, want);
  check('no artifact', [], '');
  check('lists without artifacts', [[], []], '');
  check('one', [reference('ns/run/train/model/a')], 'ns/run/train/model');
  const two = [reference('ns/run/train/model/a'), reference('ns/run/train/model/b')];
  check('two of one component', two, 'ns/run/train/model');
  check('prefixed text', two, 'ns/run/train/model', `json:${encodeJson(two)}`);
  check('lists of lists', [two, [], [two[0]!]], 'ns/run/train/model');
  check('two components', [two[0]!, reference('ns/run/fit/model/c')], 'ns/run');
}

/** Members of dicts and lists. */
function members(): void {
  for (const each of computable(...ALL_TYPES)) {
    if (typeof each.value === 'number' && !(Number.isSafeInteger(each.value) || each.type === 'NUMBER_DOUBLE'))
      continue;
    if (typeof each.value === 'number' && !Number.isFinite(each.value)) continue;
    for (const name of ['a', "it's", 'a.b', '{{x}}', '}}', '"]', '$(X)']) {
      const of: Expression = { kind: 'parameter', name: 'd', type: 'STRUCT' };
      const field: Expression = { kind: 'field', of, name, type: each.type };
      const environment = given(encodeValue('STRUCT', { other: 1, [name]: each.value }), 'd');
      argument(`field ${show(name)} ${show(each.value)}`, field, environment, computedText(each));
    }
    const dict: Expression = {
      kind: 'dict',
      members: {
        "it's {{x}}": parameter(each.type),
        inner: { kind: 'dict', members: { b: parameter(each.type) }, type: 'STRUCT' },
      },
      type: 'STRUCT',
    };
    const want = { "it's {{x}}": each.value, inner: { b: each.value } };
    argument(
      `dict of ${show(each.value)}`,
      dict,
      given(each.text),
      computedText({ type: 'STRUCT', value: want, text: '' }),
    );
  }
  for (const type of SCALARS) {
    const values = computable(type).filter(({ value }) => typeof value !== 'number' || Number.isFinite(value));
    for (const [index, each] of values.entries()) {
      const others = [values[(index + 1) % values.length]!.value, values[(index + 2) % values.length]!.value];
      const isIn = (list: Expression): Expression => ({ kind: 'in', value: parameter(type), list, type: 'BOOLEAN' });
      const literals = (value: readonly Json[]): Expression => ({ kind: 'literal', type: 'LIST', value });
      const name = `${show(each.value)} in`;
      condition(`${name} a list with it`, isIn(literals([...others, each.value])), given(each.text), true);
      condition(`${name} a list`, isIn(literals(others)), given(each.text), others.includes(each.value));
      condition(`${name} no list`, isIn(literals([])), given(each.text), false);
      const value = { ...given(each.text), ...given(encodeValue('LIST', [...others, each.value]), 'list') };
      condition(`${name} a value`, isIn(parameter('LIST', 'list')), value, true);
    }
  }
}

passedOn();
rawOutputs();
items();
collections();
unknowns();
folders();
members();
textTemplates();
comparisons();
logic();
finalStatus();
metrics();
containerArguments();
optionalArguments();
parameterFiles();
artifactArguments();
artifacts();
settings();
lateTolerations();
process.stdout.write(JSON.stringify(cases));
