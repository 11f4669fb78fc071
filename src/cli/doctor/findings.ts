/** What became of a check: all is well, something is missing, or it could not be told. */
export type Verdict = 'ok' | 'missing' | 'unknown';

/** One thing that was looked at. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was looked at: `Secret runner.service-account-token`. */
  readonly subject: string;
  /** What was found, or why nothing was. */
  readonly detail: string;
  /** How to mend it. */
  readonly mend?: string;
}

/** Findings as lines for people: what is missing last, where it is seen. */
export function findingLines(
  findings: readonly Finding[],
  paint: (text: string, verdict: Verdict) => string,
): string[] {
  const order: readonly Verdict[] = ['ok', 'unknown', 'missing'];
  const sorted = [...findings].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return sorted.flatMap(({ verdict, subject, detail, mend }) => [
    `${paint(verdict.padEnd(7), verdict)} ${subject}: ${detail}`,
    ...(mend === undefined ? [] : [`        mend: ${mend}`]),
  ]);
}
