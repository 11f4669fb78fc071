import { KfpError, reasonOf } from './errors';
import { sleep } from './retry';

/** How long after a failure an object is looked for, in milliseconds. */
const LOOKS = [0, 1, 4] as const;

/**
 * Makes an object of which the server would make a second one if it were asked twice: names of runs and recurring runs are
 * taken any number of times. Where it is not known whether the server made it, it is looked for among what has its name; it is
 * never asked for again.
 *
 * @param what the object, in words
 * @param ids the objects of that name; called before and, where need be, after
 * @param create asks for it
 * @throws KfpError also where it is not known whether it was made
 */
export async function makeOnce<T extends object>(
  what: string,
  ids: () => Promise<ReadonlyMap<string, T>>,
  create: () => Promise<T>,
  options: { readonly pauseMs: number; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  const before = await ids();
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof KfpError) || !error.isAmbiguous) throw error;
    for (const look of LOOKS) {
      await sleep(look * options.pauseMs, options.signal);
      const made = [...(await ids())].filter(([id]) => !before.has(id));
      if (made.length === 1) return made[0]![1];
      if (made.length > 1) break;
    }
    throw new KfpError(
      {
        code: 'KFP1814',
        message: `it is not known whether ${what} was made: ${reasonOf(error)}`,
        mend: 'list what is there before you ask for it again: it was not asked for twice',
      },
      { ...(error.request && { request: error.request }), ...(error.status !== undefined && { status: error.status }) },
    );
  }
}
