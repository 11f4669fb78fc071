import type { PipelineProps } from '../../constructs/pipeline';
import type { ImportReport } from './report';

/** The schemes of URIs, by kind of repository. */
const SCHEMES: Readonly<Record<string, readonly string[]>> = { s3: ['s3', 'minio'], gcs: ['gs'] };

/**
 * The prefix of artifacts that a pipeline root comes to: what is after its bucket, where that is the bucket of the pipeline's
 * artifact repository. Another place is not known to be writable; a warning says that it is not used.
 */
export function rootPrefix(
  root: string | undefined,
  // biome-ignore lint/suspicious/noExplicitAny: of whatever parameters
  { artifactRepository, artifactPrefix }: Pick<PipelineProps<any>, 'artifactRepository' | 'artifactPrefix'>,
  report: ImportReport,
): string | undefined {
  if (root === undefined || root === '' || artifactPrefix !== undefined) return undefined;
  const [, scheme = '', bucket, key = ''] = /^([a-z0-9]+):\/\/([^/?]+)\/?([^?]*)/.exec(root) ?? [];
  const fits =
    artifactRepository !== undefined &&
    'bucket' in artifactRepository &&
    artifactRepository.bucket === bucket &&
    SCHEMES[artifactRepository.kind]?.includes(scheme);
  if (fits) return key.replace(/\/+$/, '') || undefined;
  report.warning(
    'KFP1529',
    ['spec', 'defaultPipelineRoot'],
    `artifacts are kept in the pipeline’s artifact repository, and not below '${root}'`,
    'give fromIr the artifactRepository that has this bucket, by its `bucket`, or an artifactPrefix',
  );
  return undefined;
}
