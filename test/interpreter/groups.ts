import {
  bool,
  Dataset,
  ExitHandler,
  type FlowNode,
  If,
  int,
  oneOf,
  optional,
  ParallelFor,
  Pipeline,
  SubPipeline,
  str,
  Task,
} from 'cdk8s-kfp';
import type { Construct } from 'constructs';
import { soft, TEXTS, work } from './components';
import { GIVES, makeLeaf } from './leaves';
import { type Any, condition, type Known, learn, type Place, pick, type Type, take } from './place';
import type { Step } from './plans';

/** How what is inside of something is made. */
export interface Growing {
  grow(place: Place, steps: readonly Step[]): void;
  /** An exit task, or none: `choice` says which. */
  exit(scope: Construct, choice: number, place: Place): void;
}

/** What holds others. */
export function makeGroup(place: Place, each: Step, id: string, growing: Growing): FlowNode {
  switch (each.kind) {
    case 'if':
      return makeIf(place, each, id, growing);
    case 'loop':
      return makeLoop(place, each, id, growing);
    case 'call':
      return makeCall(place, each, id, growing);
    default: {
      const handler = new ExitHandler(place.scope, id);
      const body = inside(place, handler);
      const before = body.values.length;
      growing.grow(body, each.bodies[0]!);
      growing.exit(handler, 1 + (each.picks[0]! % 3), place);
      place.values.push(...body.values.slice(before));
      return handler;
    }
  }
}

function inside(place: Place, scope: Construct, more: readonly Known[] = []): Place {
  return { ...place, scope, nodes: [], values: [...place.values, ...more] };
}

function makeIf(place: Place, { picks, words, bodies }: Step, id: string, { grow }: Growing): FlowNode {
  const [a, b, c] = picks as [number, number, number];
  const chain = new If(place.scope, id, { condition: condition(place, a, words) });
  const gives = bodies.map((body, at) => {
    const isElse = at === bodies.length - 1 && (c % 4 !== 0 || at > 1);
    const branch =
      at === 0
        ? chain
        : isElse
          ? chain.else(`${id}else`)
          : chain.elif(`${id}elif${at}`, { condition: condition(place, b + at, words) });
    const inner = inside(place, branch);
    const before = inner.values.length;
    grow(inner, body);
    return inner.values.slice(before);
  });
  if (gives.length < 2 || (c % 4 === 0 && gives.length < 3)) return chain;
  for (const type of ['int', 'str', 'data', 'conf', 'bool'] as const) {
    const [first, ...others] = gives.map((known) => known.find((each) => each.type === type && !each.unsure)?.value);
    if (first && others.every(Boolean)) place.values.push({ type, value: oneOf<Any>(first, ...others) });
  }
  return chain;
}

const LISTS: Readonly<Partial<Record<Type, Type>>> = { int: 'ints', str: 'strs', data: 'datas' };
const ITEMS: Readonly<Partial<Record<Type, Type>>> = { ints: 'int', strs: 'str', datas: 'data' };

function makeLoop(place: Place, { picks, words, bodies }: Step, id: string, { grow }: Growing): FlowNode {
  const [a, b, c] = picks as [number, number, number];
  const dicts = [
    { k: 1, v: TEXTS[words]! },
    { k: b % 9, v: 'b' },
  ];
  const known = pick(
    place.values.filter(({ type, unsure }) => !unsure && ['ints', 'strs', 'datas'].includes(type)),
    b,
  );
  const listed = known && { items: known.value, type: ITEMS[known.type] };
  const sources: readonly { readonly items: Any; readonly type?: Type | undefined }[] = [
    { items: [1, b % 6, 3], type: 'int' },
    { items: [TEXTS[words], 'x'], type: 'str' },
    { items: dicts, type: 'conf' },
    { items: [] },
    ...(listed ? [listed, listed, listed] : []),
  ];
  const { items, type } = pick(sources, a)!;
  const loop: Any = new ParallelFor(place.scope, id, { items, ...(c % 3 === 0 && { parallelism: 1 + (c % 2) }) });
  const more: Known[] = [{ type: 'int', value: loop.index }];
  if (type && type !== 'conf') more.push({ type, value: loop.item });
  if (type === 'conf') more.push({ type: 'int', value: loop.item.k }, { type: 'str', value: loop.item.v });
  if (type === 'conf' && b % 3 === 0) more.push({ type: 'conf', value: loop.item });
  const body = inside(place, loop, more);
  const before = body.values.length;
  grow(body, bodies[0]!);
  for (const each of body.values.slice(before)) {
    place.values.push({ ...each, type: LISTS[each.type] ?? 'list', value: loop.collect(each.value) });
  }
  return loop;
}

function makeCall(place: Place, { picks, words, bodies }: Step, id: string, { grow, exit }: Growing): FlowNode {
  const [a, b, c, d, e] = picks as [number, number, number, number, number];
  const data = pick(
    place.values.filter(({ type, unsure }) => type === 'data' && !unsure),
    d,
  )?.value;
  // Nothing to call it with.
  if (!data)
    return makeLeaf(place, { kind: 'work', picks, words, waits: [], lenient: false, mayFail: false, bodies: [] }, id);
  const made = place.chart.node.children.filter((child) => child.node.id.startsWith('called'));
  let pipeline: Any = a % 3 === 0 ? pick(made, b) : undefined;
  if (!pipeline) {
    pipeline = new Pipeline(place.chart, `called${made.length}`, {
      standalone: false,
      parameters: { n: int(1), s: str(), opt: optional(str()), data: Dataset },
      outputs: { num: int(), word: str(), data: Dataset, flag: bool() },
    });
    const { n, s, opt, data } = pipeline.parameters;
    const inner: Place = {
      ...place,
      scope: pipeline,
      nodes: [],
      values: [
        { type: 'int', value: n },
        { type: 'str', value: s },
        { type: 'data', value: data },
        { type: 'str', value: pipeline.run.name },
      ],
    };
    const first: Any = new Task(pipeline, 'first', { component: work, inputs: { n, s, mode: d % 5 === 4 ? 2 : 0 } });
    learn(inner, first.outputs, GIVES.work);
    new Task(pipeline, 'opt', { component: soft, inputs: { s: opt, data } });
    grow(inner, bodies[0]!);
    pipeline.returns({
      num: first.outputs.num,
      word: c % 2 === 0 ? s : first.outputs.word,
      data: first.outputs.data,
      flag: c % 3 === 0 ? condition(inner, c, words) : first.outputs.flag,
    });
    exit(pipeline, e % 5, { ...inner, values: inner.values.slice(0, 2) });
  }
  const inputs: Any = { data, s: take(place, 'str', b, TEXTS[words]) };
  if (a % 2 === 0) inputs.n = take(place, 'int', c, 3);
  if (b % 3 === 0) inputs.opt = take(place, 'str', d, null);
  const call: Any = new SubPipeline(place.scope, id, { pipeline, inputs });
  learn(place, call.outputs, { num: 'int', word: 'str', data: 'data', flag: 'bool' });
  return call;
}
