import type { Chart } from 'cdk8s';
import type { FlowNode } from 'cdk8s-kfp';
import { TEXTS } from './components';

// biome-ignore lint/suspicious/noExplicitAny: plans wire values as they come; synth checks them
export type Any = any;

export type Type =
  | 'int'
  | 'str'
  | 'float'
  | 'bool'
  | 'ints'
  | 'strs'
  | 'list'
  | 'conf'
  | 'maybe'
  | 'data'
  | 'metrics'
  | 'datas';

export interface Known {
  readonly type: Type;
  /** True where it may be absent although its reader runs. */
  readonly unsure?: boolean;
  readonly value: Any;
}

/** What can be read, and waited for, where a step stands. */
export interface Place {
  readonly scope: Any;
  readonly values: Known[];
  readonly nodes: FlowNode[];
  readonly chart: Chart;
}

export function pick<T>(list: readonly T[], at: number): T | undefined {
  return list.length === 0 ? undefined : list[at % list.length];
}

/** A value of a type that is known here; now and then a literal, and where there is none. */
export function take({ values }: Place, type: Type, at: number, literal: Any, orAbsent = false): Any {
  const fitting = values.filter((known) => known.type === type && (orAbsent || !known.unsure));
  return at % 4 === 3 ? literal : (pick(fitting, at)?.value ?? literal);
}

/** A condition on what is known here. */
export function condition(place: Place, at: number, words: number): Any {
  const number = place.values.filter(({ type }) => type === 'int')[0]!.value;
  const known = pick(
    place.values.filter(({ unsure }) => !unsure),
    at,
  )!;
  const { value } = known;
  const simple = (): Any => {
    switch (known.type) {
      case 'int':
        return at % 2 === 0 ? value.gt(at % 4) : value.in([1, 3, at % 5]);
      case 'str':
        return at % 2 === 0 ? value.eq(TEXTS[words]) : value.in([TEXTS[words]!, 'a', '']);
      case 'float':
        return value.lte(0.75);
      case 'bool':
        return at % 2 === 0 ? value : value.eq(false);
      case 'conf':
        return at % 2 === 0 ? value.field('n').gte(2) : value.field('deep').field('flag').eq(true);
      case 'metrics':
        return value.metric('score').gt(0.5);
      default:
        return number.ne(at % 3);
    }
  };
  if (at % 5 === 4) return simple().not().or(number.lt(4));
  return at % 7 === 6 ? simple().and(number.gte(1)) : simple();
}

export function learn({ values }: Place, outputs: Any, types: Readonly<Record<string, Type>>): void {
  for (const [name, type] of Object.entries(types)) values.push({ type, value: outputs[name] });
  if (types.conf)
    values.push({ type: 'int', value: outputs.conf.field('n') }, { type: 'str', value: outputs.conf.field('s') });
}
