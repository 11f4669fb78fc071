import * as fs from 'node:fs';
import type { Json } from '../../components/definition';
import type { Diagnostic } from '../../diagnostic';
import { checkDocument } from './checks';
import { type Contents, unwrap } from './envelope';
import { jsonSource } from './json-source';
import { type IrPath, isObject, readShape, type Shape } from './message';
import { kubernetesPlatform, pipelineSpec, platformSpec } from './schema';
import { type SourceMap, yamlSource } from './source-map';
import type { IrDocument } from './types';
import { SIZE_LIMIT, sizeMessage, textOf } from './unpack';

/** A KFP document that was read, and what is to be said of it. */
export interface ReadIr {
  /** The document, with known fields in camelCase; absent where there is an error among the problems. */
  readonly document?: IrDocument;
  readonly problems: readonly Diagnostic[];
  /** `file:line` of a place whose path begins with `spec` or `platform`, or of the nearest one around it. */
  at(path: IrPath): string;
  /** The fields that KFP's messages do not have, which are not in the document. */
  readonly unknown: readonly { readonly path: IrPath; readonly value: Json }[];
}

/** One cause often has many effects: no more than this many problems of one document are told. */
const PROBLEM_LIMIT = 50;
const MESSAGE_LIMIT = 600;

/**
 * Reads a file that holds a KFP document; a file that cannot be read is a problem like any other.
 *
 * @param file the path, relative to the working directory or absolute
 */
export function readIrFile(file: string): ReadIr {
  let content: Uint8Array;
  try {
    const { size } = fs.statSync(file);
    if (size > SIZE_LIMIT) return failed(file, 'KFP1500', sizeMessage, 'give the file of a compiled pipeline');
    content = fs.readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'this is a directory' : String(code);
    return failed(file, 'KFP1500', `the file cannot be read: ${why}`, 'give the file of a compiled pipeline');
  }
  return readIr(file, content);
}

/**
 * Reads a KFP document: YAML of one or two documents, JSON, a PipelineJob, a PipelineVersion of Kubernetes, what KFP's server
 * answers for a version, or a zip or tar.gz of one of these. Nothing in it is evaluated, and nothing is written.
 *
 * @param name what diagnostics call the file
 */
export function readIr(name: string, content: Uint8Array | string): ReadIr {
  const unpacked = textOf(name, content);
  if ('problem' in unpacked) return empty([unpacked.problem], name);
  const { text } = unpacked;
  if (/\.py$/i.test(unpacked.name)) {
    const mend = 'compile it, with kfp dsl compile --py FILE --output pipeline.yaml, and give that file';
    return failed(unpacked.name, 'KFP1503', 'this is Python, and no compiled pipeline', mend);
  }
  const source = (/^\s*\{/.test(text) ? jsonSource(text) : undefined) ?? yamlSource(text);
  const lineOf = lines(text);
  if (source.problems.length > 0) {
    const problems = source.problems.map(({ message, offset }) => ({
      code: 'KFP1502',
      at: `${unpacked.name}:${lineOf(offset)}`,
      message: `the text is not read: ${message}`,
      mend: 'compile the pipeline again',
    }));
    return empty(problems, name);
  }
  const contents = unwrap(source.documents);
  if ('problem' in contents) {
    const { message, mend, document } = contents.problem;
    const at = `${unpacked.name}:${lineOf(source.offset(document ?? 0, []))}`;
    return empty([{ code: 'KFP1503', at, message, ...(mend && { mend }) }], name);
  }
  return validated(contents, source, (offset) => `${unpacked.name}:${lineOf(offset)}`);
}

function validated(contents: Contents, source: SourceMap, place: (offset: number) => string): ReadIr {
  const errors: Diagnostic[] = [];
  const warnings: Diagnostic[] = [];
  const unknown: { readonly path: IrPath; readonly value: Json }[] = [];
  const at = (path: IrPath) => {
    const part = path[0] === 'platform' ? contents.platform : contents.spec;
    return place(source.offset(part?.document ?? 0, [...(part?.path ?? []), ...path.slice(1)]));
  };
  const report = (code: string, path: IrPath, message: string, mend: string, severity?: 'warning') => {
    const found = severity ? warnings : errors;
    if (found.length >= PROBLEM_LIMIT) return;
    found.push(
      visible({ code, at: at(path), message: `${pathText(path)}: ${message}`, mend, ...(severity && { severity }) }),
    );
  };
  const read = <T>(shape: Shape, value: Json, path: IrPath): T =>
    readShape(shape, value, path, {
      problem: (where, message) => report('KFP1505', where, message, 'compile the pipeline again'),
      ambiguous: (where, fields) =>
        report('KFP1506', where, `only one of ${fields.join(', ')} can be given`, 'compile the pipeline again'),
      unknown: (where, field) => unknown.push({ path: where, value: field }),
    }) as T;

  const spec = read<IrDocument['spec']>(pipelineSpec, contents.spec.value, ['spec']);
  const platform = contents.platform && readPlatform(contents.platform.value, read);
  for (const { message, mend } of contents.warnings.slice(0, PROBLEM_LIMIT)) {
    warnings.push(visible({ code: 'KFP1512', severity: 'warning', at: place(0), message, mend }));
  }
  const document: IrDocument = { spec, ...(platform && { platform }) };
  // What is of another type than KFP's cannot be looked at any further.
  if (errors.length === 0) checkDocument(document, report);
  return { ...(errors.length === 0 && { document }), problems: [...errors, ...warnings], at, unknown };
}

function readPlatform(value: Json, read: <T>(shape: Shape, value: Json, path: IrPath) => T): IrDocument['platform'] {
  const platform = read<{ platforms?: Record<string, Json> } | undefined>(platformSpec, value, ['platform']);
  if (!platform?.platforms || !isObject(platform.platforms.kubernetes)) return platform as IrDocument['platform'];
  const { kubernetes } = platform.platforms;
  return {
    platforms: {
      ...platform.platforms,
      kubernetes: read(kubernetesPlatform, kubernetes, ['platform', 'platforms', 'kubernetes']),
    },
  };
}

/** A path as people write it: `spec.root.dag.tasks.train`, with what is no plain word in quotes. */
export function pathText(path: IrPath): string {
  return path
    .map((key, place) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
      return place === 0 ? key : `.${key}`;
    })
    .join('');
}

/** The number of the line of an offset; the places where lines begin are found once. */
function lines(text: string): (offset: number) => number {
  let starts: number[] | undefined;
  return (offset) => {
    if (!starts) {
      starts = [0];
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    }
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

/** A problem without what a terminal would act on, and not longer than one reads: documents name things as they like. */
function visible(problem: Diagnostic): Diagnostic {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const hidden = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
  const plain = (text: string) =>
    text
      .slice(0, MESSAGE_LIMIT)
      .replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`) +
    (text.length > MESSAGE_LIMIT ? '…' : '');
  return { ...problem, message: plain(problem.message), ...(problem.at && { at: plain(problem.at) }) };
}

function failed(name: string, code: string, message: string, mend: string): ReadIr {
  return empty([{ code, at: name, message, mend }], name);
}

function empty(problems: readonly Diagnostic[], name: string): ReadIr {
  return { problems: problems.map(visible), at: () => name, unknown: [] };
}
