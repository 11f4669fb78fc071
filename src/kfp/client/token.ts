import * as fs from 'node:fs';
import { kfpProblem } from './errors';

/**
 * A bearer token: as text, from a file, which is read for each request because the tokens of service accounts rotate, or
 * from a function, which is asked for each request.
 */
export type KfpToken = string | { readonly file: string } | (() => string | Promise<string>);

/** What an HTTP header can carry of a token. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * The token as it is now.
 *
 * @throws KfpError where there is none; it never says what was found instead
 */
export async function readToken(token: KfpToken): Promise<string> {
  const [text, from] =
    typeof token === 'string'
      ? [token, 'the token']
      : typeof token === 'function'
        ? [await token(), 'the token that the function gives']
        : [readFile(token.file), `the token in ${token.file}`];
  const trimmed = text.trim();
  if (!TOKEN.test(trimmed)) {
    const what = trimmed === '' ? 'is empty' : 'holds what no token can: spaces, line breaks or other characters';
    throw kfpProblem('KFP1802', `${from} ${what}`, 'give the token alone, as it was issued');
  }
  return trimmed;
}

function readFile(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    const mend = 'name the file that holds the token, and let this user read it';
    throw kfpProblem('KFP1802', `the token cannot be read: ${(error as Error).message}`, mend);
  }
}
