/** A function of objects that is computed once for each: many ask for the same. */
export function once<K extends object, V>(find: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    let found = known.get(key);
    if (!found) {
      found = { value: find(key) };
      known.set(key, found);
    }
    return found.value;
  };
}
