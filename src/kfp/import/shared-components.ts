import type { ComponentDefinition } from '../../components/definition';
import { contentHash } from '../../graph/content-hash';
import { FreeNames } from '../../graph/free-names';
import { isDnsLabel, kebab } from '../../graph/names';

/** Room is left for a number. */
const LONGEST = 58;

/** The distinct components of a document: equal ones are one, and those that differ have names of their own. */
export class SharedComponents {
  /** Those whose texts ship together. */
  public readonly companions: ComponentDefinition[] = [];
  /** In kebab case, in which Kubernetes knows them. */
  private readonly names = new FreeNames();
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
    // Components are members of an object, which has a prototype by that name.
    const isUsable = wanted.name !== '__proto__' && isDnsLabel(kebab(wanted.name), LONGEST);
    const base = isUsable ? wanted.name : shortened(wanted.name);
    const name = base + this.names.take(kebab(base)).slice(kebab(base).length);
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
