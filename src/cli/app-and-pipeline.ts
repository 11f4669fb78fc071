import { isApp } from './app-files';

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
