import * as fs from 'node:fs';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Json } from '../components/definition';
import { decodeValue } from '../values/codec';
import { type Attempt, inputArtifacts, outputKey, outputPath } from './attempt';
import { encodeReference } from './reference';
import { known } from './settings';

const OUTPUT = 'artifact';

/**
 * Takes an artifact in: a file or folder of this machine is linked, what is on the web is fetched. Of all else the tasks get
 * the URI.
 *
 * @throws where there is nothing at the URI
 */
export async function importArtifact(
  attempt: Attempt,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, string>>> {
  const { uri: given, reimport } = attempt.node.settings.artifacts![OUTPUT]!;
  const uri = known(given!);
  const text = attempt.inputs.metadata;
  const metadata = (text === undefined ? undefined : decodeValue('STRUCT', text)) ?? {};
  const isHere = await place(uri, outputPath(attempt, OUTPUT), signal);
  const reference = encodeReference({
    key: isHere ? outputKey(attempt, OUTPUT) : '',
    type: attempt.component.outputs[OUTPUT]!.type,
    metadata: metadata as Readonly<Record<string, Json>>,
    uri,
    ...(reimport && { importedBy: attempt.run }),
  });
  return { [OUTPUT]: reference };
}

/**
 * What an attempt reads that was imported and is not on this machine, as an addition to why it failed; empty where all is here.
 */
export function whatIsElsewhere(attempt: Pick<Attempt, 'component' | 'inputs' | 'node'>): string {
  const elsewhere = inputArtifacts(attempt).flatMap(({ name, reference: { key, uri } }) =>
    key === '' && uri !== undefined && !/^(file|https?):/i.test(uri) ? [`'${name}' is ${uri}`] : [],
  );
  if (elsewhere.length === 0) return '';
  return ` (its input ${elsewhere.join(', ')}, which a local run does not fetch: give its importer a local path, or a stub: --stub IMPORTER=program)`;
}

/** Puts what a URI names at a path; false where that is not done here. */
async function place(uri: string, target: string, signal: AbortSignal | undefined): Promise<boolean> {
  const [scheme] = /^[a-z][a-z0-9+.-]*(?=:\/\/)/i.exec(uri) ?? [];
  if (scheme === 'http' || scheme === 'https') {
    const response = await fetch(uri, signal ? { signal } : {});
    if (!response.ok || !response.body) throw new Error(`${uri}: ${response.status} ${response.statusText}`);
    await pipeline(Readable.fromWeb(response.body as never), fs.createWriteStream(target));
    return true;
  }
  if (scheme !== undefined && scheme !== 'file') return false;
  const source = scheme === 'file' ? fileURLToPath(uri) : path.resolve(uri);
  if (!fs.existsSync(source)) throw new Error(`there is nothing at ${source}`);
  fs.symlinkSync(source, target);
  return true;
}
