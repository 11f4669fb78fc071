import fc from 'fast-check';
import { TEXTS } from './components';

/** A random pipeline as data. Numbers choose among what there is where a step stands. */
export interface Step {
  readonly kind:
    | 'work'
    | 'soft'
    | 'raw'
    | 'gather'
    | 'check'
    | 'if'
    | 'loop'
    | 'handler'
    | 'call'
    | 'repeat'
    | 'approval';
  readonly picks: readonly number[];
  readonly words: number;
  readonly waits: readonly { readonly how: number; readonly at: number; readonly other: number }[];
  readonly lenient: boolean;
  readonly mayFail: boolean;
  readonly bodies: readonly (readonly Step[])[];
}

export const LEAVES = ['work', 'work', 'work', 'soft', 'soft', 'raw', 'gather', 'check', 'repeat', 'approval'] as const;
const GROUPS = ['if', 'if', 'loop', 'loop', 'handler', 'call'] as const;

const rarely = fc.nat(4).map((n) => n === 4);

const shared = {
  picks: fc.array(fc.nat(30), { minLength: 6, maxLength: 6 }),
  words: fc.nat(TEXTS.length - 1),
  waits: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 2,
      arbitrary: fc.array(fc.record({ how: fc.nat(8), at: fc.nat(9), other: fc.nat(9) }), { maxLength: 2 }),
    },
  ),
  lenient: rarely,
  mayFail: rarely,
};

const leaf: fc.Arbitrary<Step> = fc.record({ kind: fc.constantFrom(...LEAVES), ...shared, bodies: fc.constant([]) });

const oneStep: fc.Memo<Step> = fc.memo((depth) => {
  if (depth <= 1) return leaf;
  const body = fc.array(oneStep(depth - 1), { minLength: 1, maxLength: 3 });
  const bodies = fc.array(body, { minLength: 1, maxLength: 3 });
  return fc.oneof(leaf, fc.record({ kind: fc.constantFrom(...GROUPS), ...shared, bodies }));
});

/** A pipeline, and what is given to it. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly n: number;
  readonly words: number;
  readonly optional: boolean;
  readonly onExit: number;
  readonly decisions: readonly ('approved' | 'rejected' | 'timed-out')[];
}

export const plans: fc.Arbitrary<Plan> = fc.record({
  steps: fc.array(oneStep(3), { minLength: 1, maxLength: 5 }),
  n: fc.nat(7),
  words: fc.nat(TEXTS.length - 1),
  optional: fc.boolean(),
  onExit: fc.nat(5),
  decisions: fc.array(fc.constantFrom('approved', 'rejected', 'timed-out'), { minLength: 1, maxLength: 3 }),
});
