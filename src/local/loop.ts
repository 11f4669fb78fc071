import type { LoopNode } from '../graph/graph';
import { describe, textOf } from './evaluate';
import type { Frame } from './frame';
import type { GroupEnd, NodeRunner } from './node-runner';
import { outputTexts } from './outputs';
import { runDag, Slots, worst } from './scheduler';
import { elementsOf, joinedLists, listText } from './value-text';

/** Runs an iteration for each item, side by side. One that fails does not stop the others. */
export async function runLoop(node: LoopNode, frame: Frame, runner: NodeRunner): Promise<GroupEnd> {
  const text = textOf(node.items, frame);
  if (text === undefined) throw new Error(`it has no list of items: ${describe(node.items)} is absent`);
  const items = elementsOf(text, node.itemType);
  const slots = new Slots(node.parallelism ?? Number.POSITIVE_INFINITY);
  const iterations = await Promise.all(
    items.map((item, index) =>
      slots.use(async () => {
        const body = frame.inside({ loop: node.id, index, item });
        const state = await runDag(node.body, body, runner);
        return { state, texts: state === 'Succeeded' ? outputTexts(node.body, body) : {} };
      }),
    ),
  );
  const state = worst(iterations.map(({ state }) => (state === 'Omitted' ? 'Incomplete' : state)));
  const texts: Record<string, string> = {};
  if (state === 'Succeeded') {
    for (const [name, { type }] of Object.entries(node.body.outputs)) {
      const given = iterations.flatMap(({ texts }): readonly string[] =>
        Object.hasOwn(texts, name) ? [(texts as Readonly<Record<string, string>>)[name]!] : [],
      );
      texts[name] = node.flat?.includes(name) ? joinedLists(given) : listText(type, given);
    }
  }
  return { state, iterations: items.length, texts };
}
