/** Names that a module-level constant cannot have in a TypeScript module compiled to CommonJS. */
const RESERVED = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export
  exports extends false finally for function if implements import in instanceof interface let module new null
  Object package private Promise protected public require return static super switch this throw true try typeof
  undefined var void while with yield NaN Infinity globalThis __dirname __filename`.split(/\s+/),
);

/** The names of a component in its bindings. */
export interface BindingNames {
  /** The constant: `trainModel`. */
  readonly constant: string;
  /** The interfaces' first part: `TrainModel`. */
  readonly prefix: string;
}

/**
 * Names for the bindings of some functions, in order: `train_model` becomes `trainModel` and `TrainModelInputs`. A name
 * that is taken, or that TypeScript reserves, gets a trailing underscore.
 *
 * @param functions Python function names
 * @param taken names that the module uses for something else
 */
export function bindingNames(functions: readonly string[], taken: Iterable<string>): readonly BindingNames[] {
  const constants = new Set([...RESERVED, ...taken]);
  const prefixes = new Set<string>();
  return functions.map((fn) => {
    const constant = free(camelCase(fn), constants);
    const prefix = free(
      camelCase(fn).replace(/[a-z]/i, (letter) => letter.toUpperCase()),
      prefixes,
    );
    return { constant, prefix };
  });
}

function free(wanted: string, taken: Set<string>): string {
  let name = wanted;
  while (taken.has(name)) name += '_';
  taken.add(name);
  return name;
}

/** Leading and trailing underscores stay: they mean something in Python. */
function camelCase(name: string): string {
  const [, before = '', middle = '', after = ''] = /^(_*)(.*?)(_*)$/.exec(name) ?? [];
  return before + middle.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase()) + after;
}
