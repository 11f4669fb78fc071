import * as fs from 'node:fs';
import { type Diagnostic, isWarning } from '../diagnostic';
import { pathText } from '../kfp/ir/read';
import { type SourceMap, yamlSource } from '../kfp/ir/source-map';
import { digestOf, normaliseText } from '../python/source-text';
import type { ComponentDefinition } from './definition';
import { isObject, type Place, type Say } from './yaml-arguments';
import { readCompiledComponent } from './yaml-compiled';
import { readContainerYaml } from './yaml-container';

/** A component that was read from YAML, and what is to be said of it. */
export interface ReadComponent {
  /** Absent where it cannot be used. */
  readonly definition?: ComponentDefinition;
  readonly problems: readonly Diagnostic[];
  /** What ships together with it. */
  readonly companions?: readonly ComponentDefinition[];
  /** The digest of its file's text. */
  readonly digest?: string;
}

/** No component says so much. */
const SIZE_LIMIT = 10 * 1024 * 1024;

/** Reads a component from a file. */
export function readComponentFile(file: string): ReadComponent {
  let text: string;
  try {
    const { size } = fs.statSync(file);
    if (size > SIZE_LIMIT) return unreadable(file, 'it is larger than 10 MB');
    text = normaliseText(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    return unreadable(file, (error as NodeJS.ErrnoException).code ?? String(error));
  }
  return { ...readComponent(file, text), digest: digestOf(text) };
}

function unreadable(file: string, why: string): ReadComponent {
  const message = `the file of the component cannot be read: ${why}`;
  return {
    problems: [{ code: 'KFP1600', at: file, message, mend: 'give the path of a file, from the working directory' }],
  };
}

/**
 * Reads a component: one of KFP 1, or one that KFP 2 compiled.
 *
 * @param name what diagnostics call the text
 */
export function readComponent(name: string, text: string): ReadComponent {
  const source = yamlSource(text);
  const at = (offset: number) => `${name}:${text.slice(0, offset).split('\n').length}`;
  if (source.problems.length > 0) {
    const mend = 'write it as YAML';
    return {
      problems: source.problems.map(({ message, offset }) => ({
        code: 'KFP1600',
        at: at(offset),
        message: `the text is not read: ${message}`,
        mend,
      })),
    };
  }
  const [document] = source.documents;
  if (isObject(document) && document.implementation !== undefined) return readContainer(name, text, source, at);
  const isCompiled =
    isObject(document) && ['pipelineInfo', 'pipelineSpec', 'deploymentSpec', 'spec'].some((field) => field in document);
  if (isCompiled) return readCompiledComponent(name, text);
  const message = 'this is no component: it has neither an implementation nor a pipelineInfo';
  return { problems: [{ code: 'KFP1601', at: at(0), message, mend: 'give the YAML of a component of KFP 1 or 2' }] };
}

function readContainer(name: string, text: string, source: SourceMap, at: (offset: number) => string): ReadComponent {
  const problems: Diagnostic[] = [];
  const say =
    (severity?: 'warning'): Say =>
    (code, place, message, mend) => {
      const where = place.length > 0 ? `${pathText(place)}: ` : '';
      problems.push({
        code,
        ...(severity && { severity }),
        at: at(source.offset(0, place)),
        message: where + message,
        mend,
      });
    };
  const written = (place: Place) =>
    text
      .slice(source.offset(0, place))
      .split('\n', 1)[0]!
      .replace(/^[^:]*:/, '');
  const definition = readContainerYaml(source.documents[0] as object as Record<string, never>, name, {
    ...{ error: say(), warn: say('warning') },
    source: written,
  });
  return { ...(definition && problems.every(isWarning) && { definition }), problems };
}
