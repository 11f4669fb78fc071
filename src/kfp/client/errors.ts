import { type Diagnostic, DiagnosticsError } from '../../diagnostic';

/** What was asked of the server; without query, which may hold what is of no use to a reader. */
export interface KfpRequestLine {
  readonly method: string;
  readonly path: string;
}

/** A call of a KFP server that did not do what was asked. It never holds a token. */
export class KfpError extends DiagnosticsError {
  /** The diagnostic's code: `KFP1810` where there is no such thing; docs/diagnostics.md lists them. */
  public readonly code: string;
  /** What was asked; undefined where nothing was. */
  public readonly request: KfpRequestLine | undefined;
  /** The HTTP status; undefined where there was no answer. */
  public readonly status: number | undefined;
  /** True where the server may have done what was asked although it did not say so. */
  public readonly isAmbiguous: boolean;

  /** @param diagnostic what is wrong, and how to mend it */
  public constructor(
    diagnostic: Diagnostic,
    about: { readonly request?: KfpRequestLine; readonly status?: number; readonly isAmbiguous?: boolean } = {},
  ) {
    super([diagnostic]);
    this.name = 'KfpError';
    this.code = diagnostic.code;
    this.request = about.request;
    this.status = about.status;
    this.isAmbiguous = about.isAmbiguous ?? false;
  }
}

/** A {@link KfpError} that is about no request. */
export function kfpProblem(code: string, message: string, mend: string): KfpError {
  return new KfpError({ code, message, mend });
}

/** What an error says is wrong, as a part of a sentence: without code and mend. */
export function reasonOf(error: Error): string {
  return error instanceof DiagnosticsError ? error.diagnostics[0]!.message : error.message;
}

const MENDS: Readonly<Record<number, readonly [code: string, mend: string]>> = {
  400: ['KFP1812', 'change what the server complains of'],
  401: ['KFP1806', 'give a token that is valid now, such as with --token-file; tokens of service accounts expire'],
  403: ['KFP1807', 'ask for permission in that namespace, or name another one'],
  404: ['KFP1810', 'look at the name or id; and at the host, if nothing of it is found: its URL must be that of KFP'],
  409: ['KFP1811', 'take another name, or use what is there'],
};

/** The error that an answer stands for. */
export function statusError(
  request: KfpRequestLine,
  status: number,
  said: string,
  { isAmbiguous = false, attempts = 1 } = {},
): KfpError {
  const [code, mend] = MENDS[status] ?? [
    status >= 500 || status === 429 ? 'KFP1813' : 'KFP1812',
    status >= 500 || status === 429
      ? 'try again later; the log of ml-pipeline in the cluster says more'
      : 'change what the server complains of',
  ];
  const tries = attempts > 1 ? ` (${attempts} attempts)` : '';
  const message = `${request.method} ${request.path}: the server answered ${status}${said && `: ${said}`}${tries}`;
  return new KfpError({ code, message, mend }, { request, status, isAmbiguous });
}

/**
 * What a server says is wrong: its answer's `message`, in one of the forms that KFP and what stands before it use.
 *
 * @param secrets what must not be said, should the server repeat it
 */
export function messageOf(body: string, secrets: readonly string[] = []): string {
  let said = body;
  try {
    const json = JSON.parse(body) as Readonly<Record<string, unknown>> | null;
    const found = [json?.message, json?.error_message, json?.error_details, json?.error].find(
      (each) => typeof each === 'string' && each !== '',
    );
    if (typeof found === 'string') said = found;
  } catch {
    // A page for people: its title is all that is of use.
    if (/<html|<!doctype/i.test(body)) said = /<title>([^<]*)/i.exec(body)?.[1] ?? 'a page of HTML';
  }
  return printable(said, secrets);
}

/** Text of a server as it may be printed: short, on one line, without control characters and without secrets. */
export function printable(text: string, secrets: readonly string[] = []): string {
  const kept = secrets.reduce((known, secret) => known.replaceAll(secret, '***'), text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal must not get
  const line = kept.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ').trim();
  return line.length > 1000 ? `${line.slice(0, 1000)}…` : line;
}
