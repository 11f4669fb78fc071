import { createHash } from 'node:crypto';
import * as path from 'node:path';
import type { Json } from '../components/definition';
import type { Diagnostic } from '../diagnostic';
import { encodeJson } from '../values/codec';
import type { IrDocument } from './ir/types';

/** What the names of documents end with. */
const ENDING = /\.(ya?ml|json|zip|tgz|tar\.gz)$/i;

/**
 * The name of a pipeline's document: `NAME-VERSION.yaml`. A document has no field for its version, so that it stands here, and
 * here alone.
 *
 * @param name the pipeline's name in the document
 */
export function irFileName(name: string, version?: string): string {
  return version === undefined ? `${name}.yaml` : `${name}-${version}.yaml`;
}

/**
 * The version that a document's file is named with; undefined where it is named otherwise.
 *
 * @param name the pipeline's name in the document
 */
export function versionInFileName(file: string, name: string): string | undefined {
  const stem = fileStem(file);
  return stem.startsWith(`${name}-`) ? stem.slice(name.length + 1) || undefined : undefined;
}

/** The name of a document's file without what says of what kind it is. */
export function fileStem(file: string): string {
  return path.basename(file).replace(ENDING, '');
}

/**
 * The version of a document that nobody gave one: eight hexadecimal digits that change with what it says, and not with the
 * order in which it says it.
 */
export function contentVersion(document: IrDocument): string {
  return createHash('sha256')
    .update(encodeJson(JSON.parse(JSON.stringify(document)) as Json))
    .digest('hex')
    .slice(0, 8);
}

/** The version of a document in a file: the one that the file is named with, else that of its content. */
export function versionOfFile(file: string, document: IrDocument): string {
  return versionInFileName(file, document.spec.pipelineInfo.name) ?? contentVersion(document);
}

/**
 * What is wrong where two pipelines' documents would be one file, as pipelines of two namespaces may have one name.
 *
 * @param other the construct path of the other one
 */
export function fileClash(file: string, other: string): Diagnostic {
  const message = `its document ${file} would have the same name as that of '${other}'`;
  return { code: 'KFP1614', message, mend: 'give one of them another `name` or `version`' };
}
