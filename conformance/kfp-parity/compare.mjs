import { isDeepStrictEqual } from 'node:util';
import { factsOf, idOf } from './facts.mjs';
import { digestOf, normal } from './normal.mjs';

/**
 * What is wrong with objects that should be upstream's: one that is missing or too much; one that differs, where the ledger does not say
 * that it may, or differs elsewhere; what the ledger says in vain.
 *
 * @param backends the objects of each backend, and the names of the facts that they must have
 * @param facts by name: of each object of upstream's, what can be read, and its digest
 * @param ledger where objects may differ, and the digest of upstream's without that
 * @returns {string[]}
 */
export function differences(backends, facts, ledger) {
  const needed = new Set();
  const found = backends.flatMap(({ of, objects }) => {
    const wanted = new Map(of.flatMap((name) => Object.entries(facts[name]).map(([id, own]) => [id, { name, own }])));
    const made = new Map(objects.map((object) => [idOf(object), object]));
    return [
      ...(made.size === objects.length ? [] : [`${of.join(' and ')}: an object is there twice`]),
      ...[...wanted].filter(([id]) => !made.has(id)).map(([id, { name }]) => `${name}: ${id}: is missing`),
      ...[...made].flatMap(([id, object]) => {
        const upstream = wanted.get(id);
        if (upstream === undefined) return [`${of.join(' and ')}: ${id}: is not upstream's`];
        return objectDifferences(object, upstream, ledger, needed).map((each) => `${upstream.name}: ${id}: ${each}`);
      }),
    ];
  });
  const vain = entriesOf(ledger).filter(({ key }) => !needed.has(key));
  return [...new Set([...found, ...vain.map(({ key }) => `${key}: the ledger says in vain where it differs`)])];
}

function objectDifferences(object, { name, own }, ledger, needed) {
  const { sha256_16: digest, ...readable } = own;
  const seen = factDifferences(readable, factsOf(object), '');
  const comparable = normal(object);
  if (digestOf(comparable) === digest) return seen;
  const [entry, ...others] = entriesOf(ledger).filter(({ key }) => key === keyOf(name, idOf(object)));
  if (entry === undefined) return seen.length > 0 ? seen : ['differs from upstream’s in what the facts do not tell'];
  needed.add(entry.key);
  if (others.length > 0) return [...seen, 'is in the ledger twice'];
  if (digestOf(without(comparable, entry.pointers)) === entry.digest) return seen;
  return [...seen, `differs from upstream’s elsewhere than in ${entry.pointers.join(', ')}`];
}

function entriesOf(ledger) {
  return ledger.flatMap(({ pointers, objects }) =>
    Object.entries(objects).flatMap(([name, digests]) =>
      Object.entries(digests).map(([id, digest]) => ({ key: keyOf(name, id), pointers, digest })),
    ),
  );
}

function keyOf(name, id) {
  return `${name}: ${id}`;
}

/** Which readable fact differs. */
function factDifferences(wanted, made, at) {
  if (isDeepStrictEqual(wanted, made)) return [];
  if (isMap(wanted) && isMap(made)) {
    const keys = [...new Set([...Object.keys(wanted), ...Object.keys(made)])];
    return keys.flatMap((key) => factDifferences(wanted[key], made[key], at === '' ? key : `${at}.${key}`));
  }
  const [upstream, ours] = [wanted, made].map((each) => (each === undefined ? 'none' : JSON.stringify(each)));
  return [`${at}: upstream has ${upstream}, this library ${ours}`];
}

function isMap(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy without the fields at some JSON pointers; an item of a list becomes null, so that the others keep their places. */
function without(value, pointers) {
  const copy = structuredClone(value);
  for (const pointer of pointers) {
    const keys = pointer.split('/').slice(1);
    const last = keys.pop();
    const holder = keys.reduce((each, key) => each?.[key], copy);
    if (Array.isArray(holder) && last in holder) holder[last] = null;
    else if (isMap(holder)) delete holder[last];
  }
  return copy;
}
