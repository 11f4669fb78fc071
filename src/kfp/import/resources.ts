import type { TaskResources } from '../../constructs/settings/resources';
import { text } from '../../values/text';
import { Value } from '../../values/value';
import { inputsIn, parsePlaceholders } from '../ir/placeholders';
import type { IrContainer, IrResources } from '../ir/types';

/** What a task of an imported pipeline knows of its inputs: a literal or a value of the run by name; undefined where absent. */
export type TaskInput = (name: string) => unknown;

/**
 * A text of an executor in which inputs may stand, as what a setting takes; undefined where it is one input that is absent.
 * Placeholders of anything else stay as they are.
 */
export function filledText(given: string, input: TaskInput): string | Value<string> | undefined {
  const parts = parsePlaceholders(given);
  const known = parts.map((part) => {
    if (typeof part === 'string') return part;
    return part.kind === 'input-parameter' ? input(part.input!) : `{{$${part.placeholder}}}`;
  });
  if (known.length === 1) {
    const [only] = known;
    return only === undefined || only === null || only instanceof Value ? (only as Value<string>) : String(only);
  }
  if (known.every((part) => !(part instanceof Value))) return known.map((part) => String(part ?? '')).join('');
  const strings = Array.from({ length: known.length + 1 }, () => '');
  const template = Object.assign(strings, { raw: strings });
  return text(template, ...known.map((part) => (part ?? '') as string | Value<string>));
}

/** True for a text in which an input of the task stands. */
export function readsInput(given: string): boolean {
  return inputsIn(given).length > 0;
}

/** The compute resources that an executor asks for. */
export function resourceSettings(resources: IrResources, input: TaskInput): TaskResources | undefined {
  const amount = (words: string | undefined, number: number | undefined, unit: number | undefined) => {
    if (words !== undefined && words !== '') return filledText(words, input);
    // Old documents have numbers alone: cores, and gigabytes.
    return number ? (unit === undefined ? number : Math.round(number * unit)) : undefined;
  };
  const { accelerator = {} } = resources;
  const count = accelerator.resourceCount ?? accelerator.count;
  const kind = accelerator.resourceType ?? accelerator.type;
  const gpus =
    count === undefined || count === '' || count === 0 || count === '0' ? undefined : filledText(String(count), input);
  const asked = {
    ...pair(
      'cpu',
      amount(resources.resourceCpuRequest, resources.cpuRequest, undefined),
      amount(resources.resourceCpuLimit, resources.cpuLimit, undefined),
    ),
    ...pair(
      'memory',
      amount(resources.resourceMemoryRequest, resources.memoryRequest, 1e9),
      amount(resources.resourceMemoryLimit, resources.memoryLimit, 1e9),
    ),
    ...(gpus !== undefined && {
      gpus: gpus as Value<string>,
      ...(kind !== undefined && kind !== '' && { gpuResource: filledText(kind, input) }),
    }),
  };
  return Object.keys(asked).length > 0 ? asked : undefined;
}

type Amount = string | number | Value<string> | undefined;

/** A request alone has no limit, and a limit alone no request of its own: Kubernetes takes it for one. */
function pair(name: 'cpu' | 'memory', request: Amount, limit: Amount): TaskResources {
  return {
    ...(request !== undefined && { [name]: request, ...(limit === undefined && { [`${name}Limit`]: null }) }),
    ...(limit !== undefined && { [`${name}Limit`]: limit }),
  };
}

/** The image of an executor where inputs stand in it; undefined where it is a known one. */
export function imageSetting({ image }: IrContainer, input: TaskInput): string | Value<string> | undefined {
  return readsInput(image) ? filledText(image, input) : undefined;
}
