import type { Json } from '../components/definition';
import { type GraphTaskSettings, isRunValue, mapRunValues, type Text } from '../graph/settings';
import { encodeJson } from '../values/codec';
import { evaluate, type Values } from './evaluate';

/** A task's settings with the values that its frame gives: texts, as its pod would have them. */
export function settledSettings(settings: GraphTaskSettings, values: Values): GraphTaskSettings {
  return mapRunValues(settings, ({ expression }) => settledText(evaluate(expression, values)));
}

/** The variables that a task sets itself. Those of Secrets and ConfigMaps only a cluster knows. */
export function ownVariables({ env = [], logs }: GraphTaskSettings): Readonly<Record<string, string>> {
  const given = env.flatMap((each) => ('value' in each ? [[each.name, known(each.value)] as const] : []));
  return { ...(logs && { KFP_LOG: logs }), ...Object.fromEntries(given) };
}

/** The image that a task runs: its own stands for its component's. */
export function imageOf({ image }: GraphTaskSettings, implementation: object): string {
  return known(image ?? ('image' in implementation ? String(implementation.image) : ''));
}

/** A text of settled settings. */
export function known(text: Text): string {
  if (isRunValue(text)) throw new Error('a value of the run stands in settings that were not settled');
  return text;
}

function settledText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : encodeJson(value);
}
