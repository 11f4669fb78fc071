/** Something wrong in a user's pipeline, with all that is needed to mend it. */
export interface Diagnostic {
  /** Stable code, `KFP1xxx`; docs/diagnostics.md lists them. */
  readonly code: string;
  /** A warning does not stop synth. @default 'error' */
  readonly severity?: 'error' | 'warning';
  /** Construct path, where the diagnostic is about a construct. */
  readonly path?: string;
  /** The user's `file:line`. */
  readonly at?: string;
  /** What is wrong. */
  readonly message: string;
  /** How to mend it. */
  readonly mend?: string;
}

/** True for a diagnostic that does not stop synth. */
export function isWarning({ severity }: Diagnostic): boolean {
  return severity === 'warning';
}

/**
 * A diagnostic as text: code, construct path, message, place and mend.
 *
 * cdk8s itself prints the construct path before a validation message; `withPath: false` leaves it to cdk8s.
 */
export function renderDiagnostic(diagnostic: Diagnostic, options: { readonly withPath?: boolean } = {}): string {
  const path = options.withPath === false || !diagnostic.path ? '' : `[${diagnostic.path}] `;
  const lines = [`${diagnostic.code} ${path}${diagnostic.message}`];
  if (diagnostic.at) lines.push(`    at ${diagnostic.at}`);
  if (diagnostic.mend) lines.push(`    mend: ${diagnostic.mend}`);
  return lines.join('\n');
}

/** Diagnostics thrown together: by the command line, by a local run, by a parse of Python files. */
export class DiagnosticsError extends Error {
  /** @param diagnostics what was found; at least one */
  public constructor(public readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => renderDiagnostic(diagnostic)).join('\n'));
    this.name = 'DiagnosticsError';
  }
}
