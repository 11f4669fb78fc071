import { nearest } from '../../../graph/names';
import { choiceProblems, type Problem } from '../problems';
import type { ImageOptions } from './images';

/**
 * What is wrong with where images come from.
 *
 * @param known what the backend's images are named
 */
export function imageOptionProblems(
  { registry, digests = {}, pullPolicy }: ImageOptions,
  known: readonly string[],
): Problem[] {
  return [
    ...(registry === undefined || /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*$/.test(registry)
      ? []
      : [{ message: `'${registry}' is no registry`, mend: "give host and path: 'mirror.example.com/images'" }]),
    ...unknownImages(Object.keys(digests), known),
    ...Object.entries(digests)
      .filter(([, digest]) => !/^sha256:[0-9a-f]{64}$/.test(digest))
      .map(([image, digest]) => ({
        message: `'${digest}' is no digest of '${image}'`,
        mend: 'write it as sha256:… with 64 digits',
      })),
    ...choiceProblems('`pullPolicy`', pullPolicy, ['Always', 'IfNotPresent', 'Never']),
  ];
}

/** Images that a backend has not. */
export function unknownImages(given: readonly string[], known: readonly string[]): Problem[] {
  return given
    .filter((image) => !known.includes(image))
    .map((image) => ({
      message: `the backend has no image named '${image}'`,
      mend: `give ${nearest(image, known) ?? known.join(', ')}`,
    }));
}
