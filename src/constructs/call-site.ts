import * as path from 'node:path';

const LIBRARY = path.dirname(__dirname) + path.sep;
const APPS = path.join(LIBRARY, 'apps') + path.sep;
/** Frames kept above the constructor: enough for helpers and subclasses, few enough to stay cheap for 10,000 tasks. */
const DEPTH = 5;

/** The place in the user's code that created a construct. */
export interface CallSite {
  /** `file:line`, relative to the working directory; undefined where no user code is near. */
  readonly at: string | undefined;
}

/** One object with the frames in it: there are thousands of them. */
class Frames implements CallSite {
  /** V8 makes the text when it is read. */
  declare private readonly stack: string | undefined;
  private place: { readonly at: string | undefined } | undefined;

  public constructor(callee: Function) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = DEPTH;
    Error.captureStackTrace(this, callee);
    Error.stackTraceLimit = limit;
  }

  public get at(): string | undefined {
    this.place ??= { at: locate(this.stack ?? '') };
    return this.place.at;
  }
}

/**
 * Notes where `callee` was called from. Only the raw frames are taken now, for a few microseconds; the text is made
 * when somebody asks for it.
 */
export function callSite(callee: Function): CallSite {
  return new Frames(callee);
}

function locate(stack: string): string | undefined {
  for (const line of stack.split('\n')) {
    const match = /\(?(?:file:\/\/)?(\/[^()]*|[A-Za-z]:[^()]*):(\d+):\d+\)?$/.exec(line.trim());
    if (!match) continue;
    const file = match[1]!.replace(/^at /, '');
    const ours = file.startsWith(LIBRARY) && !file.startsWith(APPS);
    if (ours || file.includes(`${path.sep}node_modules${path.sep}`)) continue;
    return `${relative(file)}:${match[2]}`;
  }
  return undefined;
}

/** Relative paths of files, by their paths: thousands of constructs come from a few files. */
const RELATIVE = new Map<string, string>();

function relative(file: string): string {
  let name = RELATIVE.get(file);
  if (name === undefined) {
    name = path.relative(process.cwd(), file).split(path.sep).join('/');
    RELATIVE.set(file, name);
  }
  return name;
}
