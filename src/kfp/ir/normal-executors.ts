import type { Json } from '../../components/definition';
import { amountOf } from '../../graph/quantity';
import { type IrArgument, parseArgument } from './command';
import { normalText, type Resolve } from './normal-references';
import { compact, mapped, normalType } from './normal-values';
import { placeholderText } from './placeholders';
import type { IrContainer, IrImporter, IrResources } from './types';

/**
 * A container: its command line in one piece, as KFP runs it, its variables by name, and its amounts as numbers.
 *
 * @param own the inputs that the component has; others are what they stand for
 */
export function normalContainer(container: IrContainer, resolve: Resolve, own: ReadonlySet<string>): Json {
  const { image, command = [], args = [], env = [], resources, ...others } = container;
  return compact({
    ...(others as Record<string, Json>),
    image: normalText(image, resolve, own),
    argv: [...command, ...args].map((each) => normalArgument(each, resolve, own)),
    env: Object.fromEntries(env.map(({ name, value }) => [name, value ?? ''])),
    resources: resources ? normalResources(resources, (text) => normalText(text, resolve, own)) : {},
  });
}

function normalArgument(text: string, resolve: Resolve, own: ReadonlySet<string>): Json {
  const argument = parseArgument(text);
  return 'error' in argument ? text : printed(argument);

  function printed(given: IrArgument): Json {
    switch (given.kind) {
      case 'concat':
        return { concat: given.items.map(printed) };
      case 'if-present':
        return {
          ifPresent: given.input,
          given: given.given.map(printed),
          absent: (given.absent ?? []).map(printed),
        };
      default:
        return normalText(placeholderText(given.parts), resolve, own);
    }
  }
}

/** Amounts: in words where there are some, else the numbers that old documents have alone. */
function normalResources(resources: IrResources, filled: (text: string) => Json): Json {
  const { cpuLimit, cpuRequest, memoryLimit, memoryRequest, accelerator, ...others } = resources;
  const { resourceCpuLimit, resourceCpuRequest, resourceMemoryLimit, resourceMemoryRequest, ...unknown } = others;
  const amount = (words: string | undefined, number: number | undefined, unit: number): Json => {
    if (words) {
      const value = filled(words);
      return typeof value === 'string' ? (amountOf(value) ?? value) : value;
    }
    return number ? Math.round(number * unit * 1000) / 1000 : '';
  };
  const count = accelerator?.resourceCount ?? accelerator?.count;
  const type = accelerator?.resourceType ?? accelerator?.type;
  return compact({
    ...(unknown as Record<string, Json>),
    cpuLimit: amount(resourceCpuLimit, cpuLimit, 1),
    cpuRequest: amount(resourceCpuRequest, cpuRequest, 1),
    memoryLimit: amount(resourceMemoryLimit, memoryLimit, 1e9),
    memoryRequest: amount(resourceMemoryRequest, memoryRequest, 1e9),
    ...(count !== undefined &&
      String(count) !== '0' && {
        accelerator: compact({ count: filled(String(count)), type: type === undefined ? '' : filled(type) }),
      }),
  });
}

/** An importer. Where the artifact is, and what is known of it, is what the importer's inputs stand for. */
export function normalImporter(importer: IrImporter, resolve: Resolve): Json {
  const { artifactUri, typeSchema, metadata = {}, ...others } = importer;
  const { constant, runtimeParameter } = artifactUri;
  const filled = (value: Json): Json => {
    if (typeof value === 'string') return normalText(value, resolve);
    if (Array.isArray(value)) return value.map(filled);
    if (typeof value !== 'object' || value === null) return value;
    return mapped(value as Record<string, Json>, filled);
  };
  return compact({
    ...(others as Record<string, Json>),
    uri: constant === undefined ? (resolve(runtimeParameter ?? 'uri') ?? null) : { constant },
    type: normalType(typeSchema),
    metadata: mapped(metadata, filled),
  });
}
