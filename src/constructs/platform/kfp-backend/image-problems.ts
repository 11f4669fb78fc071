import { imageOptionProblems, unknownImages } from '../backend/image-problems';
import { imagesOf } from './images';
import type { KfpProblem } from './problems';
import type { Program } from './program';
import type { KfpSettings } from './settings';

/** Where upstream published the images of release 2.2.0, which it has taken away since. */
const GONE = 'gcr.io/ml-pipeline/';

/**
 * What is wrong with where images come from.
 *
 * @see https://github.com/kubeflow/pipelines/issues/10891
 */
export function imageProblems(settings: KfpSettings, programs: readonly Program[]): KfpProblem[] {
  const { parity, props, release } = settings;
  if (parity) return [];
  const { overrides = {}, ...options } = props.images ?? {};
  const known = Object.keys(release.images);
  const gone = imagesOf(settings, programs).filter((image) => image.startsWith(GONE));
  return [
    ...[...imageOptionProblems(options, known), ...unknownImages(Object.keys(overrides), known)].map((each) => ({
      ...each,
      code: 'KFP1738',
    })),
    ...[...Object.entries(overrides), ...ofTryOuts(props)]
      .filter(([, image]) => !isPinned(image))
      .map(([name, image]) => ({
        code: 'KFP1738',
        message: `the image '${image}' of '${name}' can change without a word`,
        mend: 'give a tag that is not `latest`, or a digest',
      })),
    ...(gone.length === 0
      ? []
      : [
          {
            code: 'KFP1739',
            message: `images of KFP ${release.version} are gone from where they were published: ${gone.join(', ')}`,
            mend: 'name a `registry` that has them, or each by `overrides`, in `images`',
          },
        ]),
  ];
}

/** Those that are given with a try-out. */
function ofTryOuts({ database, objectStore }: KfpSettings['props']): (readonly [string, string])[] {
  const own = database?.kind === 'mysql' ? database.tryOut?.image : undefined;
  const store = objectStore?.kind === 's3' ? objectStore.tryOut?.image : undefined;
  return [
    ...(own === undefined ? [] : [['mysql', own] as const]),
    ...(store === undefined ? [] : [['object-store', store] as const]),
  ];
}

function isPinned(image: string): boolean {
  if (!/^[a-z0-9][\w.:/@-]*$/i.test(image)) return false;
  return /@sha256:[0-9a-f]{64}$/.test(image) || (/:[\w][\w.-]*$/.test(image) && !image.endsWith(':latest'));
}
