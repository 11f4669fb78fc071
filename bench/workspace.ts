import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { transformSync } from '@swc/core';
import { planBindings } from '../src/python/binding-files';
import { ROOT } from './measure';

/** The benchmark's components, as a path from the project's root. */
export const COMPONENTS = 'bench/components.py';

/**
 * Makes a folder in which the benchmark's apps run as plain JavaScript against the built library in lib/, so that no
 * compiler is measured: the apps, and the bindings that `cdk8s-kfp import` writes for the components.
 */
export function prepareWorkspace(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-kfp-bench-'));
  fs.cpSync(path.join(__dirname, 'apps'), folder, { recursive: true });
  const modules = path.join(folder, 'node_modules');
  fs.mkdirSync(modules);
  fs.symlinkSync(ROOT, path.join(modules, 'cdk8s-kfp'));
  for (const name of ['cdk8s', 'constructs', 'yaml']) {
    fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name));
  }
  const { text } = planBindings([COMPONENTS], 'imports').bindings[0]!;
  const { code } = transformSync(text, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  fs.writeFileSync(path.join(folder, 'components.js'), code);
  return folder;
}
