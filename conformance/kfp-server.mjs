import path from 'node:path';
import { must } from './processes.mjs';
import { kfpPython } from './runtime.mjs';

/**
 * Holds the client of a KFP server, and the server that the tests have instead, against the API that the kfp-server-api
 * package embodies.
 *
 * @returns {string} what was checked
 * @throws where the package knows no such request or answer, or takes a broken one
 */
export function checkServer() {
  const exchanges = must(process.execPath, ['--import', 'tsx', path.join('conformance', 'kfp-server.ts')]);
  return must(kfpPython(), [path.join('conformance', 'kfp_server.py')], { input: exchanges }).trim();
}
