import * as fs from 'node:fs';
import * as https from 'node:https';
import { Readable } from 'node:stream';
import { kfpProblem } from './errors';

/** The part of the global `fetch` that the client uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * A `fetch` that trusts the certificate authorities of a file, and no other. Node's own `fetch` takes them only for the
 * whole process, from NODE_EXTRA_CA_CERTS.
 *
 * @throws KfpError where the file holds no certificate
 */
export function fetchTrusting(caFile: string): Fetch {
  let ca: string;
  try {
    ca = fs.readFileSync(caFile, 'utf8');
  } catch (error) {
    const mend = 'name a file of PEM certificates';
    throw kfpProblem('KFP1803', `the CA file cannot be read: ${(error as Error).message}`, mend);
  }
  if (!ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw kfpProblem('KFP1803', `the CA file ${caFile} holds no certificate`, 'name a file of PEM certificates');
  }
  const agent = new https.Agent({ ca, rejectUnauthorized: true });
  return async (url, init) => {
    if (!url.startsWith('https:')) return fetch(url, init);
    // A Request knows how a form is written.
    const request = new Request(url, init);
    const body = Buffer.from(await request.arrayBuffer());
    return new Promise((resolve, reject) => {
      const sent = https.request(url, {
        method: request.method,
        headers: { ...Object.fromEntries(request.headers), 'content-length': String(body.length) },
        agent,
        ...(init.signal && { signal: init.signal }),
      });
      sent.on('error', (error) => reject(init.signal?.aborted ? init.signal.reason : error));
      sent.on('response', (answer) => {
        const headers = new Headers();
        for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
          headers.append(answer.rawHeaders[at]!, answer.rawHeaders[at + 1]!);
        }
        const status = answer.statusCode ?? 0;
        const hasNone = status === 204 || status === 304;
        if (hasNone) answer.resume();
        const stream = hasNone ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
        resolve(new Response(stream, { status, headers }));
      });
      sent.end(body);
    });
  };
}
