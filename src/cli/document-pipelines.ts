import * as path from 'node:path';
import { App, Chart } from 'cdk8s';
import { Pipeline } from '../constructs/pipeline';
import { type Diagnostic, DiagnosticsError, isWarning, renderDiagnostic } from '../diagnostic';
import type { FromIrProps } from '../kfp/import/from-ir';

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
  const ids = new Set<string>();
  const pipelines = files.map((file) => Pipeline.fromIr(chart, idOf(file, ids), { ...props, file }));
  const found = [...pipelines.flatMap(({ diagnostics }) => diagnostics), ...sameNames(files, pipelines)];
  for (const warning of found.filter(isWarning)) process.stderr.write(`warning: ${renderDiagnostic(warning)}\n`);
  const errors = found.filter((diagnostic) => !isWarning(diagnostic));
  if (errors.length > 0) throw new DiagnosticsError(errors);
  return { app, pipelines };
}

/** What a construct's path shows of a file. */
function idOf(file: string, taken: Set<string>): string {
  const stem = path.basename(file).replace(/\.(ya?ml|json|zip|tgz|tar\.gz)$/i, '');
  let id = stem;
  for (let count = 2; taken.has(id); count++) id = `${stem}-${count}`;
  taken.add(id);
  return id;
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
