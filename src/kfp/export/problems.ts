import type { Diagnostic } from '../../diagnostic';

/** What a KFP document cannot say of a pipeline, and what KFP makes nothing of. */
export class ExportProblems {
  private readonly found = new Map<string, Diagnostic>();

  /** All of it, in the order in which it was found, each once. */
  public get diagnostics(): readonly Diagnostic[] {
    return [...this.found.values()];
  }

  /** Something that would be lost, or mean something else. */
  public error(code: string, path: string, message: string, mend: string): void {
    this.add({ code, path, message, mend });
  }

  /** Something that stands in the document, and that KFP ignores or does otherwise. */
  public warning(code: string, path: string, message: string, mend: string): void {
    this.add({ code, severity: 'warning', path, message, mend });
  }

  private add(diagnostic: Diagnostic): void {
    this.found.set(`${diagnostic.code} ${diagnostic.path} ${diagnostic.message}`, diagnostic);
  }
}
