import * as fs from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Json, Passthrough } from '../../components/definition';
import { DiagnosticsError } from '../../diagnostic';
import { pointer, withPassthrough } from '../ir/passthrough';
import { readIr, readIrFile } from '../ir/read';
import type { IrComponent, IrDocument, PipelineSpec } from '../ir/types';
import { textOf } from '../ir/unpack';

/** A pipeline as it is uploaded, run and compared. */
export interface PipelineDocument {
  /** Where it came from, for messages. */
  readonly from: string;
  /** The text to upload. */
  readonly text: string;
  /** With what nothing here knows of, too. */
  readonly ir: IrDocument;
}

/** Where a pipeline is read from: a compiled file (YAML, JSON, or an archive with one), or its text. */
export type PipelineSource = { readonly file: string } | { readonly text: string };

/**
 * Reads a compiled pipeline.
 *
 * @throws DiagnosticsError where it is none
 */
export function readDocument(source: PipelineSource): PipelineDocument {
  if ('text' in source) return documentOf('the text', source.text);
  const { file } = source;
  let content: Uint8Array;
  try {
    content = fs.readFileSync(file);
  } catch {
    throw new DiagnosticsError(readIrFile(file).problems);
  }
  return documentOf(file, content);
}

/** The pipeline in what a server gives for a version or a run; undefined where it is none that can be read. */
export function documentIn(given: Json | undefined): IrDocument | undefined {
  try {
    return given === undefined || given === null ? undefined : documentOf('', JSON.stringify(given)).ir;
  } catch (error) {
    if (error instanceof DiagnosticsError) return undefined;
    throw error;
  }
}

function documentOf(from: string, content: Uint8Array | string): PipelineDocument {
  const { document: known, problems, unknown } = readIr(from, content);
  if (!known) throw new DiagnosticsError(problems);
  const kept = unknown.map(({ path, value }) => [pointer(path), value] as const);
  const ir = withPassthrough(known, Object.fromEntries(kept) as Passthrough);
  const unpacked = textOf(from, content);
  const text = 'text' in unpacked && isBare(unpacked.text) ? unpacked.text : printed(ir);
  return { from, text, ir };
}

/** True for what the server takes as it is: a PipelineSpec in nothing else. */
function isBare(text: string): boolean {
  return (
    /^(pipelineInfo|pipeline_info):/m.test(text) || /^\s*\{\s*"(components|deploymentSpec|pipelineInfo)"/.test(text)
  );
}

/** The two documents of the server's form; JSON is YAML. */
function printed({ spec, platform }: IrDocument): string {
  return [spec, ...(platform ? [platform] : [])].map((each) => `${JSON.stringify(each, undefined, 2)}\n`).join('---\n');
}

/** A pipeline as the API has it: the spec, or the spec and the platform's. */
export function structOf({ spec, platform }: IrDocument): Json {
  const struct = platform ? { pipeline_spec: spec, platform_spec: platform } : spec;
  return struct as unknown as Json;
}

/** True where two documents are of the same pipeline. */
export function isSame(a: IrDocument, b: IrDocument): boolean {
  return isDeepStrictEqual(normal(a), normal(b));
}

function normal({ spec, platform }: IrDocument): Json {
  return pruned(JSON.parse(JSON.stringify({ spec, platform: platform ?? {} })) as Json);
}

/** Without what is empty, which servers leave out or put in. */
function pruned(value: Json): Json {
  if (Array.isArray(value)) return value.map(pruned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]): [string, Json][] => {
      // What a user's value holds is the user's.
      const kept = key === 'defaultValue' || key === 'constant' ? member : pruned(member);
      const isEmpty = kept !== member && typeof kept === 'object' && kept !== null && Object.keys(kept).length === 0;
      return isEmpty && !Array.isArray(kept) ? [] : [[key, kept]];
    }),
  );
}

/** A pipeline in which caching of every task, also of nested ones, is on or off. */
export function withCaching(document: IrDocument, isOn: boolean): IrDocument {
  const { spec } = document;
  const components = Object.entries(spec.components ?? {}).map(([name, component]) => [name, cached(component, isOn)]);
  const changed: PipelineSpec = {
    ...spec,
    root: cached(spec.root, isOn),
    ...(spec.components && { components: Object.fromEntries(components) }),
  };
  return { ...document, spec: changed };
}

function cached(component: IrComponent, isOn: boolean): IrComponent {
  if (!component.dag?.tasks) return component;
  const tasks = Object.entries(component.dag.tasks).map(([name, task]) => {
    return [name, { ...task, cachingOptions: { ...task.cachingOptions, enableCache: isOn } }] as const;
  });
  return { ...component, dag: { ...component.dag, tasks: Object.fromEntries(tasks) } };
}
