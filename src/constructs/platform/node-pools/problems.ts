import { SizeRoundingBehavior } from 'cdk8s';
import {
  amountProblems,
  choiceProblems,
  isQualifiedName,
  labelProblems,
  type Problem,
  wholeProblems,
} from '../problems';
import type { NodePoolIntent, PoolTaint } from './intent';

/** What no provider could make of an intent. */
export function intentProblems(intent: NodePoolIntent): Problem[] {
  const { capacity, architectures, limits, disruption, minimum, accelerator, labels, taints, diskSize } = intent;
  const lists = { capacity, architectures, ...(accelerator && { 'accelerator.model': accelerator.models }) };
  const texts = [intent.zones, intent.machineTypes, accelerator?.models ?? []].flat();
  const sizes = { diskSize, 'minimum.memory': minimum.memory, 'accelerator.memory': accelerator?.memory };
  return [
    ...Object.entries(lists).flatMap(([what, list]) =>
      list.length > 0 ? [] : [{ message: `the pool has no ${what}`, mend: 'give one, or leave it out' }],
    ),
    ...capacity.flatMap((each) => choiceProblems('the capacity', each, ['spot', 'on-demand', 'reserved'])),
    ...architectures.flatMap((each) => choiceProblems('an architecture', each, ['amd64', 'arm64'])),
    ...texts
      .filter((text) => typeof text !== 'string' || text === '')
      .map((text) => ({
        message: `${JSON.stringify(text)} is no name of a zone, a machine type or a model`,
        mend: 'give texts',
      })),
    ...labelProblems('the label', labels),
    ...taints.flatMap(taintProblems),
    ...amountProblems("the pool's limit of CPUs", limits.cpu),
    ...amountProblems("the pool's limit of memory", typeof limits.memory === 'string' ? limits.memory : undefined),
    ...wholeProblems("the pool's limit of nodes", limits.nodes, 1),
    ...wholeProblems("the pool's limit of accelerators", limits.accelerators, 1),
    ...wholeProblems('the least number of CPUs', minimum.cpu, 1),
    ...wholeProblems('the number of accelerators of a node', accelerator?.perNode, 1),
    ...Object.entries(sizes).flatMap(([what, size]) =>
      size === undefined || size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }) >= 1024
        ? []
        : [{ message: `${what} is ${size.asString()}`, mend: 'give a gibibyte at least' }],
    ),
    ...(accelerator && (!accelerator.resource.includes('/') || !isQualifiedName(accelerator.resource))
      ? [
          {
            message: `'${accelerator.resource}' is no extended resource`,
            mend: 'write it as its device plugin does: nvidia.com/gpu',
          },
        ]
      : []),
    ...choiceProblems('disruption.consolidate', disruption.consolidate, ['empty', 'underutilized']),
    ...atOnceProblems(disruption.atOnce),
    ...ageProblems({ after: disruption.after, expireAfter: disruption.expireAfter }),
  ];
}

function taintProblems(taint: PoolTaint): Problem[] {
  const { key, value = '', effect } = (taint ?? {}) as Partial<PoolTaint>;
  const isTaint =
    typeof key === 'string' &&
    isQualifiedName(key) &&
    labelProblems('', { [key]: value }).length === 0 &&
    choiceProblems('', effect ?? '', ['NoSchedule', 'PreferNoSchedule', 'NoExecute']).length === 0;
  if (isTaint) return [];
  const mend = "write it as { key: 'example.com/team', value: 'vision', effect: 'NoSchedule' }";
  return [{ message: `${JSON.stringify(taint)} is no taint`, mend }];
}

function atOnceProblems(atOnce: number | string): Problem[] {
  if (/^((100|\d{1,2})%|\d+)$/.test(String(atOnce))) return [];
  return [{ message: `disruption.atOnce is '${atOnce}'`, mend: "give a whole number, or a percentage: '10%'" }];
}

function ageProblems(ages: { readonly [name: string]: NodePoolIntent['disruption']['after'] | undefined }): Problem[] {
  return Object.entries(ages).flatMap(([name, age]) =>
    age === undefined || Number.isInteger(age.toSeconds({ integral: false }))
      ? []
      : [{ message: `disruption.${name} is ${age.toHumanString()}`, mend: 'give whole seconds' }],
  );
}
