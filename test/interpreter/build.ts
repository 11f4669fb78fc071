import { Chart, Testing } from 'cdk8s';
import {
  type Dependency,
  type FlowNode,
  int,
  listOf,
  OnExit,
  OnExitPipeline,
  optional,
  Pipeline,
  str,
  Task,
} from 'cdk8s-kfp';
import { tidyPipeline } from './called-pipelines';
import { final, soft, work } from './components';
import { makeGroup } from './groups';
import { makeLeaf } from './leaves';
import { type Any, type Place, pick } from './place';
import { LEAVES, type Plan, type Step } from './plans';

/** The pipeline of a plan. */
export function build({ steps, onExit }: Plan): Pipeline<Any, Any> {
  const chart = new Chart(Testing.app(), 'chart');
  const pipeline: Any = new Pipeline(chart, 'plan', {
    parameters: { n: int(2), s: str('{{x}}'), names: listOf(str(), ['a', '$(B)']), opt: optional(str()) },
    outputs: { num: int(), word: str() },
  });
  const { n, s, names } = pipeline.parameters;
  const place: Place = {
    scope: pipeline,
    chart,
    nodes: [],
    values: [
      { type: 'int', value: n },
      { type: 'str', value: s },
      { type: 'strs', value: names },
      { type: 'str', value: pipeline.run.name },
    ],
  };
  grow(place, steps);
  new Task(pipeline, 'optional', { component: soft, inputs: { s: pipeline.parameters.opt } });
  const last = new Task(pipeline, 'last', { component: work, inputs: { n, s, mode: 0 } });
  pipeline.returns({ num: last.outputs.num, word: s });
  exit(pipeline, onExit, place);
  return pipeline;
}

function exit(scope: Any, choice: number, { chart, values }: Place): void {
  const [n, s] = [values.find(({ type }) => type === 'int')?.value, values.find(({ type }) => type === 'str')?.value];
  if (choice === 1 || choice === 2) {
    new OnExit(scope, 'at-exit', { component: final, inputs: { s: s ?? 'x', ...(choice === 2 && { n: n ?? 1 }) } });
  }
  if (choice === 3) {
    const tidy: Any = chart.node.tryFindChild('tidy') ?? tidyPipeline(chart);
    new OnExitPipeline(scope, 'at-exit', { pipeline: tidy, inputs: { n: n ?? 1 } });
  }
}

function grow(place: Place, steps: readonly Step[]): void {
  steps.forEach((step, index) => {
    // What may run after a failure reads only what may be absent.
    const isAsked = step.lenient || step.waits.some(({ how }) => how >= 1 && how <= 7);
    const each =
      isAsked && LEAVES.includes(step.kind as (typeof LEAVES)[number]) ? { ...step, kind: 'soft' as const } : step;
    const before = place.values.length;
    const id = `${each.kind}${index}`;
    const isLeaf = LEAVES.includes(each.kind as (typeof LEAVES)[number]);
    const node = isLeaf ? makeLeaf(place, each, id) : makeGroup(place, each, id, { grow, exit });
    if (isAsked || each.mayFail) {
      const learned = place.values.splice(before);
      place.values.push(...learned.map((known) => ({ ...known, unsure: true })));
    }
    if (each.mayFail) node.continueOnFailure();
    if (each.lenient) node.ignoreUpstreamFailure();
    for (const wait of each.waits) {
      const [one, other] = [pick(place.nodes, wait.at), pick(place.nodes, wait.other)];
      if (one && other) node.after(waiting(one, other, wait.how));
    }
    place.nodes.push(node);
  });
}

function waiting(one: FlowNode, other: FlowNode, how: number): FlowNode | Dependency {
  switch (how) {
    case 1:
      return one.failed;
    case 2:
      return one.ended;
    case 3:
      return one.skipped;
    case 4:
      return one.failed.or(other.succeeded);
    case 5:
      return one.succeeded.not();
    case 6:
      return one.ended.and(other.failed.not());
    case 7:
      return one.succeeded.or(other.skipped);
    default:
      return one;
  }
}
