import { spawnSync } from 'node:child_process';
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

test('help names every command, and an unknown one ends with 2', () => {
  const { status, stdout } = cli('--help');
  expect(status).toBe(0);
  for (const name of ['import', 'synth', 'run']) expect(stdout).toContain(name);
  expect(cli('rnu')).toMatchObject({ status: 2, stderr: expect.stringContaining('run') });
  expect(cli('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
