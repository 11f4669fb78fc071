import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const MAIN = path.join(__dirname, '..', 'src', 'cli', 'main.ts');
const TSX = require.resolve('tsx');

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cli-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function cli(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', TSX, MAIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const write = (file: string, text: string) => fs.writeFileSync(path.join(folder, file), text);
const list = () => fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

/** An app that writes one manifest, then ends with an exit code. */
const app = (code: number) => `const fs = require('fs');
fs.writeFileSync(process.env.CDK8S_OUTDIR + '/new.k8s.yaml', 'kind: New\\n');
console.error('said by the app');
process.exit(${code});
`;

test('a reader that has seen enough ends nothing', async () => {
  write('app.js', app(0));
  const child = spawn(process.execPath, ['--import', TSX, MAIN, 'synth', 'app.js'], { cwd: folder });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('EPIPE') });
});

describe('synth', () => {
  test('replaces the manifests of the app whole', () => {
    write('cdk8s.yaml', 'app: node app.js\noutput: manifests\n');
    write('app.js', app(0));
    fs.mkdirSync(path.join(folder, 'manifests'));
    write('manifests/old.k8s.yaml', 'kind: Old\n');
    expect(cli('synth')).toMatchObject({ status: 0, stdout: 'manifests/new.k8s.yaml\n' });
    expect(list()).toEqual(['app.js', 'cdk8s.yaml', 'manifests', 'manifests/new.k8s.yaml']);
  });

  test('leaves them as they are where the app fails', () => {
    write('app.js', app(3));
    fs.mkdirSync(path.join(folder, 'dist'));
    write('dist/old.k8s.yaml', 'kind: Old\n');
    const { status, stderr } = cli('synth', 'app.js');
    expect(status).toBe(1);
    expect(stderr).toContain('said by the app');
    expect(stderr).toContain('KFP1434 the app ended with exit code 3: node app.js');
    expect(list()).toEqual(['app.js', 'dist', 'dist/old.k8s.yaml']);
  });

  test('says what it cannot run', () => {
    expect(cli('synth')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('KFP1430 there is no cdk8s.yaml'),
    });
    write('app.js', '');
    expect(cli('synth', 'app.js')).toMatchObject({ status: 1, stderr: expect.stringContaining('KFP1438') });
    expect(list()).toEqual(['app.js']);
  });
});

/** A process that nobody has waited for yet is none that runs. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

describe('a signal while the app runs', () => {
  /** An app that notes its id, and what it is sent. */
  const WAITS = `const fs = require('fs');
process.on('SIGTERM', () => { fs.writeFileSync('signal', 'SIGTERM'); process.exit(0); });
fs.writeFileSync('pid', String(process.pid));
setTimeout(() => {}, 60000);
`;

  test.each([
    ['run', 'SIGTERM', 143],
    ['synth', 'SIGTERM', 143],
    ['run', 'SIGINT', 130],
    ['synth', 'SIGQUIT', 131],
  ] as const)('of %s: %s ends the app, and leaves nothing behind', async (name, signal, expected) => {
    write('app.js', WAITS);
    // A shell that stays, as it waits for the app.
    write('cdk8s.yaml', 'app: node app.js && true\n');
    const temporary = path.join(folder, 'tmp');
    fs.mkdirSync(temporary);
    const child = spawn(process.execPath, ['--import', TSX, MAIN, name], {
      cwd: folder,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const ended = new Promise((resolve) => child.once('close', (code, by) => resolve(by ?? code)));
    const pid = path.join(folder, 'pid');
    while (!fs.existsSync(pid) || fs.readFileSync(pid, 'utf8') === '')
      await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(child.pid!, signal);
    expect(await ended).toBe(expected);
    expect(stderr).toBe('');
    expect(isRunning(Number(fs.readFileSync(pid, 'utf8')))).toBe(false);
    expect(fs.existsSync(path.join(folder, 'signal'))).toBe(signal === 'SIGTERM');
    expect(fs.readdirSync(temporary).filter((entry) => entry.startsWith('cdk8s-kfp-'))).toEqual([]);
    expect(fs.readdirSync(folder).filter((entry) => entry.endsWith('.new'))).toEqual([]);
  });
});

describe('import', () => {
  const PYTHON = `from kfp import dsl


@dsl.component
def one() -> int:
    return 1
`;

  test('says that the folder of the bindings is a file', () => {
    write('a.py', PYTHON);
    write('file', 'kept');
    const { status, stderr } = cli('import', 'a.py', '-o', 'file');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^KFP1145 the bindings file\/a\.ts cannot be written: EEXIST: file already exists\n/);
    expect(stderr).not.toContain('.tmp');
    expect(list()).toEqual(['a.py', 'file']);
  });

  test('writes all bindings or none', () => {
    for (const name of ['a', 'b', 'c']) write(`${name}.py`, PYTHON);
    fs.mkdirSync(path.join(folder, 'imports', 'c.ts'), { recursive: true });
    write('imports/b.ts', 'before');
    const { status, stderr } = cli('import', 'a.py', 'b.py', 'c.py');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^KFP1145 the bindings imports\/c\.ts cannot be written: EISDIR/);
    expect(fs.readdirSync(path.join(folder, 'imports'))).toEqual(['b.ts', 'c.ts']);
    expect(fs.readFileSync(path.join(folder, 'imports', 'b.ts'), 'utf8')).toBe('before');
  });

  test('no path of a Python file breaks its bindings', () => {
    fs.mkdirSync(path.join(folder, 'odd*'));
    write('odd*/a.py', PYTHON);
    expect(cli('import', 'odd*/a.py').status).toBe(0);
    expect(fs.readFileSync(path.join(folder, 'imports', 'a.ts'), 'utf8')).toContain('/** (odd*\\/a.py:5) */\n');

    for (const name of ['x\ny.py', 'x\u2028y.py', 'x\ry.py']) {
      write(name, PYTHON);
      expect(cli('import', name)).toMatchObject({ status: 1, stderr: expect.stringMatching(/^KFP1146 the path "x/) });
    }
    expect(fs.readdirSync(path.join(folder, 'imports'))).toEqual(['a.ts']);
  });
});

test('help names every command, and an unknown one ends with 2', () => {
  const { status, stdout } = cli('--help');
  expect(status).toBe(0);
  for (const name of ['import', 'synth', 'run']) expect(stdout).toContain(name);
  expect(cli('rnu')).toMatchObject({ status: 2, stderr: expect.stringContaining('run') });
  expect(cli('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
