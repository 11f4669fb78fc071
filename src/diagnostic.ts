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
  return terminalText(lines.join('\n'));
}

/**
 * Text that a terminal only shows: what would steer it, or turn the direction of writing, stands there as an escape. Names in a
 * diagnostic may come from a document or a server, which choose them as they like.
 */
export function terminalText(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal must not get
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Diagnostics thrown together: by the command line, by a local run, by a parse of Python files. */
export class DiagnosticsError extends Error {
  /** @param diagnostics what was found; at least one */
  public constructor(public readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => renderDiagnostic(diagnostic)).join('\n'));
    this.name = 'DiagnosticsError';
  }
}
