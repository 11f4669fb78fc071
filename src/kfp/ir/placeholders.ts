/** A piece of a text of a KFP document: plain text, or what is filled in when the task runs. */
export type IrPart = string | IrPlaceholder;

/** What is filled in: `{{$…}}` in a command, a constant, an image or an amount. */
export interface IrPlaceholder {
  /** The text between `{{$` and `}}`. */
  readonly placeholder: string;
  readonly kind: IrPlaceholderKind;
  /** The input that is read, where one is. */
  readonly input?: string;
  /** The output that is written, where one is. */
  readonly output?: string;
  /** What of an artifact is meant. */
  readonly property?: 'path' | 'uri' | 'metadata' | 'value';
  /** The member of the metadata that is meant; all of it where absent. */
  readonly member?: string;
}

/**
 * The kinds of placeholders. Those of artifacts say by `property` what of it is meant; `value` is the whole artifact, or the list
 * of them. `executor-input` is `{{$}}`, `executor-output` the file that KFP's executor writes. `unknown` is what KFP's SDK does not
 * write and its backend leaves as it is.
 */
export type IrPlaceholderKind =
  | 'input-parameter'
  | 'input-artifact'
  | 'output-parameter'
  | 'output-artifact'
  | 'executor-input'
  | 'executor-output'
  | 'job-name'
  | 'job-resource-name'
  | 'job-id'
  | 'task-name'
  | 'task-id'
  | 'pipeline-root'
  | 'create-time'
  | 'schedule-time'
  | 'workspace-path'
  | 'unknown';

const WORDS: Readonly<Record<string, IrPlaceholderKind>> = {
  '': 'executor-input',
  '.outputs.output_file': 'executor-output',
  '.outputMetadataUri': 'executor-output',
  '.pipeline_job_name': 'job-name',
  '.pipeline_job_resource_name': 'job-resource-name',
  '.pipeline_job_uuid': 'job-id',
  '.pipeline_task_name': 'task-name',
  '.pipeline_task_uuid': 'task-id',
  '.pipeline_root': 'pipeline-root',
  '.pipeline_job_create_time_utc': 'create-time',
  '.pipeline_job_schedule_time_utc': 'schedule-time',
  '.workspace_path': 'workspace-path',
};

const MARK = '{{$';
/** A port by its name in quotes, and what of it is meant. KFP replaces texts, so no other spelling is one. */
const PORT =
  /^\.(inputs|outputs)\.(parameters|artifacts)\['([^']*)'\](?:\.(output_file|path|uri|metadata)(?:\['([^']*)'\])?)?$/;

/**
 * The pieces of a text. Whoever reads them knows what its place allows; texts without a placeholder are one piece. Joined again
 * with `{{$` and `}}` around the placeholders they are the text.
 *
 * @see https://github.com/kubeflow/pipelines/blob/master/sdk/python/kfp/dsl/placeholders.py
 */
export function parsePlaceholders(text: string): readonly IrPart[] {
  const parts: IrPart[] = [];
  let done = 0;
  for (let start = text.indexOf(MARK); start >= 0; start = text.indexOf(MARK, start)) {
    const end = text.indexOf('}}', start + MARK.length);
    if (end < 0) break;
    // In `{{${{$.pipeline_root}}`, what begins last is the placeholder.
    start = text.lastIndexOf(MARK, end - MARK.length);
    if (start > done) parts.push(text.slice(done, start));
    parts.push(placeholderOf(text.slice(start + MARK.length, end)));
    done = end + 2;
    start = done;
  }
  if (done < text.length) parts.push(text.slice(done));
  return parts;
}

/** True for a text in which something is filled in. */
export function hasPlaceholder(text: string): boolean {
  return text.includes(MARK) && parsePlaceholders(text).some((part) => typeof part !== 'string');
}

/** The parameters of the task that stand in a text. */
export function inputsIn(text: string): readonly string[] {
  if (!text.includes(MARK)) return [];
  return parsePlaceholders(text).flatMap((part) =>
    typeof part === 'object' && part.kind === 'input-parameter' ? [part.input!] : [],
  );
}

/** The text of pieces. */
export function placeholderText(parts: readonly IrPart[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : `${MARK}${part.placeholder}}}`)).join('');
}

function placeholderOf(placeholder: string): IrPlaceholder {
  if (Object.hasOwn(WORDS, placeholder)) return { placeholder, kind: WORDS[placeholder]! };
  const [, side, ports, name = '', property, member] = PORT.exec(placeholder) ?? [];
  if (ports === 'parameters' && member === undefined) {
    if (side === 'inputs' && property === undefined) return { placeholder, kind: 'input-parameter', input: name };
    if (side === 'outputs' && property === 'output_file')
      return { placeholder, kind: 'output-parameter', output: name };
  }
  if (ports === 'artifacts' && property !== 'output_file' && (member === undefined || property === 'metadata')) {
    const what = {
      property: (property ?? 'value') as IrPlaceholder['property'],
      ...(member !== undefined && { member }),
    };
    if (side === 'inputs') return { placeholder, kind: 'input-artifact', input: name, ...what };
    return { placeholder, kind: 'output-artifact', output: name, ...what };
  }
  return { placeholder, kind: 'unknown' };
}
