import type { Diagnostic } from '../../diagnostic';
import type { IrPath } from '../ir/message';
import { pathText, type ReadIr } from '../ir/read';

/** What is wrong with a document, or doubtful, in the form that synth reports. */
export class ImportReport {
  private readonly found: Diagnostic[] = [];

  /**
   * @param read the document
   * @param path the path of the pipeline's construct
   */
  public constructor(
    private readonly read: Pick<ReadIr, 'at'>,
    private readonly path: string,
  ) {}

  /** Everything that was reported. */
  public get problems(): readonly Diagnostic[] {
    return this.found;
  }

  /** Says what is wrong at a place of the document. */
  public error(code: string, place: IrPath, message: string, mend: string): void {
    this.found.push({ code, ...this.where(place, message), mend });
  }

  /** Says what is doubtful at a place of the document. */
  public warning(code: string, place: IrPath, message: string, mend?: string): void {
    this.found.push({ code, severity: 'warning', ...this.where(place, message), ...(mend !== undefined && { mend }) });
  }

  /** Takes over what others found. */
  public add(problems: readonly Diagnostic[]): void {
    this.found.push(...problems.map((problem) => ({ path: this.path, ...problem })));
  }

  private where(place: IrPath, message: string): Pick<Diagnostic, 'path' | 'at' | 'message'> {
    return { path: this.path, at: this.read.at(place), message: `${pathText(place)}: ${message}` };
  }
}
