import type { CalledPipeline, PipelineNode, RepeatNode } from '../graph/graph';
import { memberOf } from '../graph/member';
import { decodeValue } from '../values/codec';
import type { Expression } from '../values/expression';
import { textOf } from './evaluate';
import type { Frame } from './frame';
import type { GroupEnd, NodeRunner } from './node-runner';
import { outputTexts } from './outputs';
import { runDag } from './scheduler';
import { encodeText } from './value-text';

type Texts = Readonly<Record<string, string>>;

/** Runs a call of a pipeline. */
export async function callPipeline(node: PipelineNode, frame: Frame, runner: NodeRunner): Promise<GroupEnd> {
  const pipeline = runner.graph.pipelines[node.pipeline]!;
  return execute(pipeline, parametersOf(pipeline, node.inputs, frame), frame.keyOf(node.id), frame, runner);
}

/** Calls a pipeline again and again, until it says that it is done or there were enough calls. */
export async function repeatPipeline(node: RepeatNode, frame: Frame, runner: NodeRunner): Promise<GroupEnd> {
  const pipeline = runner.graph.pipelines[node.pipeline]!;
  let parameters = parametersOf(pipeline, node.inputs, frame);
  for (let calls = 1; ; calls++) {
    const key = `${frame.keyOf(node.id)}[${calls - 1}]`;
    const { state, texts = {}, ...rest } = await execute(pipeline, parameters, key, frame, runner);
    if (state !== 'Succeeded') return { ...rest, state, iterations: calls };
    const until = memberOf(texts, node.until);
    if (calls >= node.limit || (until !== undefined && decodeValue('BOOLEAN', until) === true)) {
      return { state, iterations: calls, texts: { ...texts, iterations: String(calls) } };
    }
    if (frame.isStopped) return { state: 'Stopped', iterations: calls };
    parameters = nextParameters(pipeline, parameters, texts);
  }
}

/** What the last call gave takes the place of what it was given; what it did not give is absent. */
function nextParameters({ parameters, root }: CalledPipeline, before: Texts, outputs: Texts): Texts {
  const isFedBack = (name: string) => Object.hasOwn(root.outputs, name);
  const kept = Object.entries(before).filter(([name]) => !isFedBack(name));
  const fed = Object.entries(outputs).filter(([name]) => Object.hasOwn(parameters, name));
  return Object.fromEntries([...kept, ...fed]);
}

/** As on the engine, a default stands for what is left out, not for what is absent. */
function parametersOf(
  { parameters }: CalledPipeline,
  inputs: Readonly<Record<string, Expression>>,
  frame: Frame,
): Texts {
  const texts: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const expression = memberOf(inputs, name);
    const text = expression && textOf(expression, frame);
    if (text !== undefined) texts[name] = text;
    else if (!expression && parameter.default !== undefined)
      texts[name] = encodeText(parameter.type, parameter.default);
  }
  return texts;
}

async function execute(
  pipeline: CalledPipeline,
  parameters: Texts,
  key: string,
  frame: Frame,
  runner: NodeRunner,
): Promise<GroupEnd> {
  const inside = frame.called({ pipeline, prefix: `${key}/`, parameters, finalStatus: '' });
  const state = await runDag(pipeline.root, inside, runner);
  const end: GroupEnd = state === 'Succeeded' ? { state, texts: outputTexts(pipeline.root, inside) } : { state };
  if (pipeline.onExit) {
    runner.setFinalStatus(inside, end.state);
    await runner.runExit(pipeline.onExit, inside);
  }
  return end;
}
