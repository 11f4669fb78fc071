/** What providers call the models of accelerators. Those that a provider does not list, it does not have. */
const NAMES = {
  aws: {
    t4: 't4',
    v100: 'v100',
    a10g: 'a10g',
    l4: 'l4',
    l40s: 'l40s',
    'a100-40gb': 'a100',
    'a100-80gb': 'a100',
    h100: 'h100',
    h200: 'h200',
    b200: 'b200',
  },
  azure: { t4: 'T4', v100: 'V100', 'a100-40gb': 'A100', 'a100-80gb': 'A100', h100: 'H100', h200: 'H200' },
  gke: {
    t4: 'nvidia-tesla-t4',
    v100: 'nvidia-tesla-v100',
    l4: 'nvidia-l4',
    'a100-40gb': 'nvidia-tesla-a100',
    'a100-80gb': 'nvidia-a100-80gb',
    h100: 'nvidia-h100-80gb',
    h200: 'nvidia-h200-141gb',
    b200: 'nvidia-b200',
  },
} as const;

/** Models that a provider calls by one name although their memory differs: the least of theirs, in MiB. */
export const MEMORY: Readonly<Record<string, number>> = { 'a100-80gb': 81_920 };

/** What is wrong, and how to mend it. */
export interface Unknown {
  readonly message: string;
  readonly mend: string;
}

/** The names of some models at a provider, each once, and those that it does not have. */
export function namesOf(
  provider: keyof typeof NAMES,
  models: readonly string[],
): { readonly names: readonly string[]; readonly unknown: readonly Unknown[] } {
  const known: Readonly<Record<string, string>> = NAMES[provider];
  const all = new Set(Object.values(NAMES).flatMap((names) => Object.keys(names)));
  const missing = models.filter((model) => !Object.hasOwn(known, model) && all.has(model));
  const names = models
    .filter((model) => !missing.includes(model))
    .map((model) => (Object.hasOwn(known, model) ? known[model]! : model));
  return {
    names: [...new Set(names)],
    unknown: missing.map((model) => ({
      message: `the provider has no nodes with the accelerator '${model}'`,
      mend: `it has ${Object.keys(known).join(', ')}; give its own name for another one`,
    })),
  };
}
