// local.mjs < RUNS.json: runs compiled pipelines with `cdk8s-kfp run`, some at a time, and prints what each printed.
//
// RUNS.json is a list of {"document", "arguments", "store"}. Artifacts among the outputs are shown by their content.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const WORKERS = 2;

const requests = JSON.parse(fs.readFileSync(0, 'utf8'));
const results = [];
let next = 0;
await Promise.all(Array.from({ length: WORKERS }, work));
console.log(JSON.stringify(results));

async function work() {
  while (next < requests.length) {
    const index = next++;
    results[index] = await run(requests[index]);
  }
}

/** What a run prints, or what it says where it prints no result. */
async function run({ document, parameters, store }) {
  const words = parameters.flatMap(({ name, text }) => ['-p', `${name}=${text}`]);
  const args = ['--import', 'tsx', path.join('src', 'cli', 'main.ts'), 'run', document, ...words];
  const { output, errors } = await outputOf(process.execPath, [...args, '--output', 'json', '--store', store]);
  try {
    const { status, outputs, tasks } = JSON.parse(output);
    return { status: status.toLowerCase(), outputs: shown(outputs), tasks: tasksOf(tasks), said: errors };
  } catch {
    return { status: 'broken', outputs: {}, tasks: {}, said: errors };
  }
}

/** The tasks that ran, by path. */
function tasksOf(tasks) {
  const ran = Object.entries(tasks).filter(([, { status }]) => status === 'Succeeded' || status === 'Failed');
  return Object.fromEntries(
    ran.map(([key, { status, outputs }]) => [key, { status: status.toLowerCase(), outputs: shown(outputs) }]),
  );
}

/**
 * Values as JSON; an artifact has its content in the place of its URI. That of metrics is what our runtime makes of their
 * metadata.
 */
function shown(value) {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.uri === 'string' && typeof value.type === 'string' && value.metadata) {
    const content = value.type.endsWith('Metrics') ? undefined : contentOf(value.uri);
    return { type: value.type, metadata: value.metadata, ...(content !== undefined && { content }) };
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each)]));
}

function contentOf(uri) {
  const file = uri.startsWith('file:') ? fileURLToPath(uri) : uri;
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(file, 'utf8') : undefined;
}

function outputOf(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (errors += data));
    child.on('error', reject);
    child.on('close', () => resolve({ output, errors }));
  });
}
