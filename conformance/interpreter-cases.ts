// interpreter-cases < CASES.json: evaluates with the tests' own interpreter what Argo's code has agreed with.
import * as fs from 'node:fs';
import { replaceTags } from '../test/interpreter/tags';
import type { Case } from './expression-cases';

/** How many differences are printed: one mistake usually makes many. */
const SHOWN = 20;

const cases = JSON.parse(fs.readFileSync(0, 'utf8')) as readonly Case[];
const complaints = cases.flatMap((each) => {
  const complaint = complaintOf(each);
  return complaint === undefined ? [] : [`${each.name}: ${complaint}\n  text: ${each.text}`];
});
for (const complaint of complaints.slice(0, SHOWN)) console.log(complaint);
console.log(`${cases.length} with the tests' interpreter, ${complaints.length} differ`);
if (complaints.length > 0) process.exitCode = 1;

/** How a case differs from what it wants; undefined where it does not. */
function complaintOf({ text, environment, want, fails, pod }: Case): string | undefined {
  let got: string;
  try {
    got = replaceTags(text, environment);
    if (pod) got = expandVariables(got, pod);
  } catch (error) {
    return fails ? undefined : (error as Error).message;
  }
  if (fails) return `gives ${JSON.stringify(got)}, but must be refused`;
  return got === want ? undefined : `gives ${JSON.stringify(got)}, want ${JSON.stringify(want)}`;
}

/** What Kubernetes does with a container's texts. */
function expandVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (found, name?: string) =>
    name === undefined ? '$' : (variables[name] ?? found),
  );
}
