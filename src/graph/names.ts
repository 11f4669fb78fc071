/** The longest name of a node, a pipeline or a run: it ends up in labels, which Kubernetes cuts off nowhere but refuses. */
export const NAME_LIMIT = 63;

/** The longest name of a CronWorkflow: Argo adds a time to it for each run. */
export const CRON_NAME_LIMIT = 52;

/** `trainModel`, `train_model` and `Train Model` are all `train-model`: lower-case words joined by hyphens. */
export function kebab(id: string): string {
  // Most ids are so already, and there are thousands of them.
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) return id;
  return id
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** The task's own name of an output that is read through others: what comes after the last two hyphens in a row. */
export function lastName(output: string): string {
  return output.slice(output.lastIndexOf('--') + 1).replace(/^-/, '');
}

/** True where a name is a valid DNS label of at most `limit` characters. */
export function isDnsLabel(name: string, limit = NAME_LIMIT): boolean {
  return name.length <= limit && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
}

/** True where a text can be the value of a label. */
export function isLabelValue(text: string): boolean {
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text);
}

/** The known name nearest to a mistyped one, where one is near enough to be meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(row[j - 1]! + 1, previous[j]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
