import type { Chart } from 'cdk8s';
import { bool, int, Pipeline, Task } from 'cdk8s-kfp';
import { step, work } from './components';
import type { Any } from './place';

/** It fails on every other number: what an exit task does is one more way to fail. */
export function tidyPipeline(chart: Chart): Any {
  const tidy: Any = new Pipeline(chart, 'tidy', { standalone: false, parameters: { n: int(0) } });
  new Task(tidy, 'sweep', { component: work, inputs: { n: tidy.parameters.n, s: 'sweep', mode: 2 } });
  return tidy;
}

export function growPipeline(chart: Chart): Any {
  const pipeline: Any = new Pipeline(chart, 'grow', {
    standalone: false,
    parameters: { value: int(0), limit: int(2) },
    outputs: { value: int(), done: bool() },
  });
  const { value, limit } = pipeline.parameters;
  const next: Any = new Task(pipeline, 'step', { component: step, inputs: { value, limit } });
  pipeline.returns({ value: next.outputs.value, done: next.outputs.done });
  return pipeline;
}
