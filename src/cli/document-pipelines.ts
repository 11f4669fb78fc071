import { App, Chart } from 'cdk8s';
import { Pipeline } from '../constructs/pipeline';
import { type Diagnostic, DiagnosticsError, isWarning, renderDiagnostic } from '../diagnostic';
import { FreeNames } from '../graph/free-names';
import type { FromIrProps } from '../kfp/import/from-ir';
import { fileStem } from '../kfp/version';

/** Pipelines of compiled KFP pipelines, in an app of their own. */
export interface DocumentPipelines {
  readonly app: App;
  /** In the order of the files. */
  readonly pipelines: readonly Pipeline[];
}

/**
 * Imports compiled KFP pipelines, and says on stderr what is doubtful about them.
 *
 * @param files the compiled pipelines
 * @param props how they are imported
 * @param namespace the namespace of their objects
 * @throws DiagnosticsError with everything that is wrong in any of them
 */
export function importDocuments(
  files: readonly string[],
  props: Omit<FromIrProps, 'file'> = {},
  namespace?: string,
): DocumentPipelines {
  const app = new App();
  const chart = new Chart(app, 'kfp', namespace === undefined ? {} : { namespace });
  // What a construct's path shows of a file.
  const ids = new FreeNames();
  const pipelines = files.map((file) => Pipeline.fromIr(chart, ids.take(fileStem(file)), { ...props, file }));
  const found = [...withCalled(pipelines).flatMap(({ diagnostics }) => diagnostics), ...sameNames(files, pipelines)];
  for (const warning of found.filter(isWarning)) process.stderr.write(`warning: ${renderDiagnostic(warning)}\n`);
  const errors = found.filter((diagnostic) => !isWarning(diagnostic));
  if (errors.length > 0) throw new DiagnosticsError(errors);
  return { app, pipelines };
}

/** Pipelines, and those that they call, each once: what is wrong with one is among its own diagnostics. */
function withCalled(pipelines: readonly Pipeline[]): readonly Pipeline[] {
  const all = new Set(pipelines);
  for (const pipeline of all) for (const called of pipeline.called) all.add(called);
  return [...all];
}

function sameNames(files: readonly string[], pipelines: readonly Pipeline[]): readonly Diagnostic[] {
  const first = new Map<string, string>();
  return pipelines.flatMap(({ name }, index) => {
    const file = files[index]!;
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, file);
      return [];
    }
    const message = `${other} and ${file} hold a pipeline '${name}' each`;
    return [{ code: 'KFP1615', message, mend: 'convert them one by one, one of them with another --name' }];
  });
}
