import * as fs from 'node:fs';
import * as path from 'node:path';

/** The folder's description of its app. */
export const CONFIG = 'cdk8s.yaml';

/** How files of compiled KFP pipelines are named. */
const DOCUMENT = /\.(ya?ml|json|zip|tgz|tar\.gz)$/i;

/** Whether a word of the command line names an app: its entry file, its cdk8s.yaml, or a folder with one. */
export function isApp(word: string): boolean {
  if (!fs.existsSync(word)) return false;
  return fs.statSync(word).isFile() || fs.existsSync(path.join(word, CONFIG));
}

/** Whether a word of the command line is named as the file of a compiled KFP pipeline is; there may be none. */
export function isDocumentName(word: string): boolean {
  return DOCUMENT.test(word) && path.basename(word) !== CONFIG;
}

/**
 * Whether a word of the command line names a compiled KFP pipeline. YAML files are that unless they say how an app is run.
 */
export function isDocument(word: string): boolean {
  if (!isDocumentName(word) || !fs.statSync(word, { throwIfNoEntry: false })?.isFile()) return false;
  if (!/\.ya?ml$/i.test(word)) return true;
  const text = fs.readFileSync(word, 'utf8');
  // What a document says beside its pipeline is no command to be run.
  return !/^app\s*:/m.test(text) || /pipeline_?(info|spec)/i.test(text);
}
