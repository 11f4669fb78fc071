import * as fs from 'node:fs';
import * as path from 'node:path';
import { isApp } from './app-command';

/** How cdk8s describes an app. */
const CONFIG = 'cdk8s.yaml';

/**
 * Whether a word of the command line names a compiled KFP pipeline. YAML files are that unless they say how an app is run.
 */
export function isDocument(word: string): boolean {
  if (!fs.statSync(word, { throwIfNoEntry: false })?.isFile()) return false;
  if (/\.(json|zip|tgz|tar\.gz)$/i.test(word)) return true;
  if (!/\.ya?ml$/i.test(word) || path.basename(word) === CONFIG) return false;
  return !/^app\s*:/m.test(fs.readFileSync(word, 'utf8'));
}

/** Whether a word can only be meant as a path: no pipeline's name holds a dot or a slash. */
function isPath(word: string): boolean {
  return /[./\\]/.test(word);
}

/** What the words after a command mean: an app and a pipeline, or one of the two. */
export function appAndPipeline(
  first: string | undefined,
  second: string | undefined,
): readonly [app: string | undefined, pipeline: string | undefined] {
  if (first === undefined || second !== undefined || isApp(first) || isPath(first)) return [first, second];
  return [undefined, first];
}
