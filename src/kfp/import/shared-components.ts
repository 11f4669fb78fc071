import type { ComponentDefinition } from '../../components/definition';
import { contentHash } from '../../graph/content-hash';
import { isDnsLabel, kebab } from '../../graph/names';

/** Room is left for a number. */
const LONGEST = 58;

/** The distinct components of a document: equal ones are one, and those that differ have names of their own. */
export class SharedComponents {
  /** Those whose texts ship together. */
  public readonly companions: ComponentDefinition[] = [];
  private readonly names = new Set<string>();
  private readonly known = new Map<string, ComponentDefinition>();

  /** How many there are. */
  public get count(): number {
    return this.known.size;
  }

  /** A component, under the name that is wanted where no other one has it. */
  public of(wanted: ComponentDefinition): ComponentDefinition {
    const key = JSON.stringify(wanted);
    const known = this.known.get(key);
    if (known) return known;
    const definition = this.named(wanted);
    this.known.set(key, definition);
    if (definition.implementation.kind === 'python') this.companions.push(definition);
    return definition;
  }

  private named(wanted: ComponentDefinition): ComponentDefinition {
    const base = isDnsLabel(kebab(wanted.name), LONGEST) ? wanted.name : shortened(wanted.name);
    let name = base;
    for (let number = 2; this.names.has(kebab(name)); number++) name = `${base}-${number}`;
    this.names.add(kebab(name));
    const { implementation } = wanted;
    if (implementation.kind !== 'python' || implementation.program) return { ...wanted, name };
    // Two functions of one name have two texts; and the key of a ConfigMap has fewer letters than Python.
    const isPlain = /^\w+$/.test(name);
    if (isPlain && name === implementation.function) return { ...wanted, name };
    return { ...wanted, name, implementation: { ...implementation, shipsAs: isPlain ? name : kebab(name) } };
  }
}

function shortened(name: string): string {
  const start = kebab(name).slice(0, 40).replace(/-+$/, '') || 'component';
  return `${start}-${contentHash(name).slice(0, 6)}`;
}
