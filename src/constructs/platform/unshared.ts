/** A copy in which no object occurs twice: the YAML printer would write the second one as an alias. */
export function unshared<T>(tree: T): T {
  if (Array.isArray(tree)) return tree.map(unshared) as T;
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, each]) => [key, unshared(each)])) as T;
}
