import { ArtifactType } from '../../components/artifact-type';
import type { Json, Passthrough } from '../../components/definition';
import type { ImporterProps } from '../../constructs/importer';
import { Value } from '../../values/value';
import type { Report } from '../ir/checks';
import type { IrPath } from '../ir/message';
import { inputsIn } from '../ir/placeholders';
import type { IrImporter, IrTask } from '../ir/types';
import { artifactTitle } from './ports';
import { filledText, type TaskInput } from './resources';
import { constantValue } from './values';

/** The address of an object in the bucket that a KFP installation has, which speaks S3's protocol. */
const MINIO = /^minio:\/\//;

/** The props of the importer that an executor stands for. */
export function importerProps(importer: IrImporter, key: string, input: TaskInput): ImporterProps<unknown> {
  const { artifactUri, typeSchema, metadata, reimport } = importer;
  const given =
    artifactUri.runtimeParameter === undefined
      ? filledText(artifactUri.constant ?? '', input)
      : input(artifactUri.runtimeParameter);
  const uri = given instanceof Value ? (given as Value<string>) : String(given ?? '').replace(MINIO, 's3://');
  const known = metadata && filledMetadata(metadata, key, input);
  return {
    uri,
    type: new ArtifactType(artifactTitle(typeSchema) as `${string}.${string}`),
    ...(known !== undefined && { metadata: known as NonNullable<ImporterProps<unknown>['metadata']> }),
    ...(reimport && { reimport }),
    // What KFP fetches with the account of its pods.
    ...(/^(s3|gs):\/\//.test(beginning(uri)) && { credentials: 'identity' as const }),
  };
}

function filledMetadata(metadata: Readonly<Record<string, Json>>, key: string, input: TaskInput): unknown {
  const context = { task: key, input, literal: () => {} };
  const named = Object.entries(metadata).map(([name, value]) => {
    const filled = filledText(name, input);
    return [filled instanceof Value ? name : (filled ?? ''), value] as const;
  });
  return constantValue(Object.fromEntries(named) as Json, context);
}

function beginning(uri: string | Value<string>): string {
  if (typeof uri === 'string') return uri;
  const expression = Value.expressionOf(uri);
  const first = expression.kind === 'text' ? expression.parts[0] : undefined;
  return typeof first === 'string' ? first : '';
}

/** Says what KFP's importer does, and the one here does in another way or not at all. */
export function checkImporter(importer: IrImporter, task: IrTask, path: IrPath, report: Report): void {
  const { downloadToWorkspace, metadata = {} } = importer;
  const uri = uriOf(importer, task);
  const at = [...path, 'importer', 'artifactUri'];
  if (uri === undefined) {
    report(
      'KFP1548',
      at,
      'the run says where the artifact is: it is fetched where that is in the pipeline’s own repository, and else its tasks get the URI alone',
      'write a URI that begins with s3:// or gs:// into the document, or let its tasks fetch it themselves',
      'warning',
    );
  } else if (uri.startsWith('oci://')) {
    report(
      'KFP1548',
      at,
      `the image ${uri} is not unpacked: its tasks get the URI alone`,
      `mount the image in them: volumes: { '/model': Volume.of('image', undefined, { image: { reference: '${uri.slice('oci://'.length)}' } }) }`,
      'warning',
    );
  } else if (MINIO.test(uri)) {
    report(
      'KFP1548',
      at,
      `${uri} is taken for an object of S3’s: ${uri.replace(MINIO, 's3://')}`,
      'give the pipeline the artifact repository whose bucket that is',
      'warning',
    );
  }
  if (downloadToWorkspace) {
    report(
      'KFP1544',
      [...path, 'importer', 'downloadToWorkspace'],
      'nothing is copied to the workspace: each task that reads the artifact fetches it',
      'nothing has to be done; a task that copies it there helps where it is large',
      'warning',
    );
  }
  const late = Object.keys(metadata).filter((name) => name.includes('{{$') && !isKnown(name, task));
  for (const name of late) {
    report(
      'KFP1541',
      [...path, 'importer', 'metadata'],
      `the key ${name} stays as it is, because only the run knows what stands there`,
      'give it a key that is known',
      'warning',
    );
  }
}

/** What is kept of an importer for the document that the pipeline is written to. */
export function importerPassthrough(importer: IrImporter, task: IrTask): Passthrough {
  const { downloadToWorkspace, typeSchema, ...rest } = importer;
  const { properties, customProperties } = rest as { readonly [field: string]: Json };
  const isMinio = MINIO.test(uriOf(importer, task) ?? '');
  const isUnusual = Object.entries(typeSchema).some(([name, value]) => name !== 'schemaTitle' && value !== '0.0.1');
  return {
    ...(downloadToWorkspace && { '/executor/importer/downloadToWorkspace': true }),
    ...(properties !== undefined && { '/executor/importer/properties': properties }),
    ...(customProperties !== undefined && { '/executor/importer/customProperties': customProperties }),
    ...(isUnusual && { '/executor/importer/typeSchema': typeSchema as Json }),
    ...(isMinio && { '/executor/importer/artifactUri': importer.artifactUri as Json }),
    ...(isMinio &&
      task.inputs?.parameters?.uri && { '/task/inputs/parameters/uri': task.inputs.parameters.uri as Json }),
  };
}

/** The URI, where the document says it; undefined where the run does. */
function uriOf({ artifactUri }: IrImporter, task: IrTask): string | undefined {
  const name = artifactUri.runtimeParameter;
  const given = name === undefined ? artifactUri.constant : task.inputs?.parameters?.[name]?.runtimeValue?.constant;
  return typeof given === 'string' && !given.startsWith('{{$') ? given : undefined;
}

function isKnown(text: string, { inputs = {} }: IrTask): boolean {
  return inputsIn(text).every((name) => inputs.parameters?.[name]?.runtimeValue?.constant !== undefined);
}
