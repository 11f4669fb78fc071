/** Names that are each given once: behind one that is taken stands the next free number. */
export class FreeNames {
  private readonly taken: Set<string>;
  /** The number that may be free, by name: where thousands want one, none is looked for from the start. */
  private readonly next = new Map<string, number>();

  /** @param taken names that are not given */
  public constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }

  /** The name that is wanted, or one that begins with it and a hyphen. */
  public take(wanted: string): string {
    let name = wanted;
    let number = this.next.get(wanted) ?? 2;
    for (; this.taken.has(name); number++) name = `${wanted}-${number}`;
    this.next.set(wanted, number);
    this.taken.add(name);
    return name;
  }
}
