import { Approval, Check, type FlowNode, RepeatUntil, Task, text } from 'cdk8s-kfp';
import { growPipeline } from './called-pipelines';
import { gather, raw, soft, TEXTS, work } from './components';
import { type Any, condition, learn, type Place, pick, type Type, take } from './place';
import type { Step } from './plans';

/** The types of components' outputs. */
export const GIVES: Readonly<Record<'work' | 'soft' | 'raw' | 'gather', Readonly<Record<string, Type>>>> = {
  work: {
    num: 'int',
    word: 'str',
    ratio: 'float',
    flag: 'bool',
    ints: 'ints',
    strs: 'strs',
    conf: 'conf',
    maybe: 'maybe',
    data: 'data',
    metrics: 'metrics',
  },
  soft: { word: 'str', num: 'int' },
  raw: { num: 'int', word: 'str', data: 'data' },
  gather: { word: 'str', num: 'int' },
};

/** What runs, and holds no other. */
export function makeLeaf(place: Place, each: Step, id: string): FlowNode {
  const { scope, values } = place;
  const { kind, picks, words } = each;
  const [a, b, c, d, e] = picks as [number, number, number, number, number];
  const string = () => {
    const value = take(place, 'str', b, TEXTS[words]);
    const number = take(place, c % 2 === 0 ? 'int' : 'float', a, 1.5);
    return b % 3 === 2 ? text`${TEXTS[words]!}${value} ${number}${take(place, 'bool', c, true)}` : value;
  };
  switch (kind) {
    case 'work':
    case 'raw': {
      const inputs: Any = { n: take(place, 'int', a, a % 8), s: string() };
      if (kind === 'work') inputs.mode = [0, 0, 0, 0, 2, 1][c % 6];
      if (kind === 'work' && d % 3 === 0) inputs.ratio = take(place, 'float', d, 0.5);
      if (kind === 'work' && e % 3 === 0) inputs.flag = condition(place, e, words);
      const task: Any = new Task(scope, id, { component: kind === 'work' ? work : raw, inputs });
      learn(place, task.outputs, GIVES[kind]);
      return task;
    }
    case 'soft': {
      const inputs: Any = {};
      if (a % 3 !== 0) inputs.n = take(place, a % 2 === 0 ? 'maybe' : 'int', b, null, true);
      if (b % 3 !== 0) inputs.s = take(place, 'str', c, null, true);
      if (c % 3 !== 0) inputs.data = take(place, 'data', d, undefined, true);
      if (d % 3 === 0) inputs.conf = take(place, 'conf', e, { k: TEXTS[words] }, true);
      if (e % 3 === 0) inputs.list = take(place, 'list', a, [1, TEXTS[words]], true);
      if (e % 3 === 1) inputs.flag = take(place, 'bool', a, true, true);
      const task: Any = new Task(scope, id, { component: soft, inputs });
      learn(place, task.outputs, GIVES.soft);
      return task;
    }
    case 'gather': {
      const list = take(place, (['list', 'ints', 'strs'] as const)[a % 3]!, b, [a, TEXTS[words]]);
      const models = pick(
        values.filter(({ type, unsure }) => type === 'datas' && !unsure),
        c,
      )?.value;
      if (!models) return makeLeaf(place, { ...each, kind: 'soft' }, id);
      const task: Any = new Task(scope, id, { component: gather, inputs: { list, models } });
      learn(place, task.outputs, GIVES.gather);
      return task;
    }
    case 'check':
      return new Check(scope, id, {
        rules: { one: condition(place, a, words), "it's {{x}}": condition(place, b, words) },
      }) as FlowNode;
    case 'approval': {
      const message: Any = string();
      const approval = new Approval(scope, id, { message });
      values.push({ type: 'str', value: approval.decision });
      return approval;
    }
    case 'repeat': {
      const pipeline: Any = place.chart.node.tryFindChild('grow') ?? growPipeline(place.chart);
      const inputs: Any = { value: take(place, 'int', a, 0), ...(b % 3 > 0 && { limit: [2, 3, 13][b % 3] }) };
      const repeat: Any = new RepeatUntil<Any, Any>(scope, id, {
        pipeline,
        inputs,
        until: 'done' as never,
        maxIterations: 1 + (c % 3),
      });
      learn(
        place,
        { ...repeat.outputs, iterations: repeat.iterations },
        { value: 'int', done: 'bool', iterations: 'int' },
      );
      return repeat;
    }
    default:
      throw new Error(`${kind} holds others`);
  }
}
