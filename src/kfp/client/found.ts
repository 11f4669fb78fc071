import { nearest } from '../../graph/names';
import { type KfpError, kfpProblem, printable } from './errors';

/**
 * The error where nothing has a name.
 *
 * @param without a sentence up to the name: `there is no pipeline`
 * @param known the names that there are
 */
export function noSuch(without: string, name: string, known: readonly (string | undefined)[] = []): KfpError {
  const names = known.flatMap((each) => (each === undefined ? [] : [printable(each)]));
  const meant = nearest(name, names);
  const mend = meant
    ? `did you mean '${meant}'?`
    : names.length > 0
      ? `there are ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`
      : 'look at the name, and at the namespace';
  return kfpProblem('KFP1820', `${without} '${name}'`, mend);
}

/**
 * The only thing that has a name; undefined where nothing has.
 *
 * @throws KfpError where several have it
 */
export function only<T>(what: string, name: string, found: readonly T[], idOf: (each: T) => string): T | undefined {
  if (found.length <= 1) return found[0];
  const mend = `give an id: ${found.map((each) => printable(idOf(each))).join(', ')}`;
  throw kfpProblem('KFP1821', `${found.length} ${what}s are named '${name}'`, mend);
}

/** True where a word has the form of KFP's ids. */
export function isId(word: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word);
}

/** The name by which users know a pipeline or a version; servers before 2.5 have `display_name` alone. */
export function nameOf(named: { readonly display_name?: string; readonly name?: string }): string {
  return named.display_name ?? named.name ?? '';
}
