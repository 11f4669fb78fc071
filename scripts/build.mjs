// Builds lib/: compiled JavaScript with declarations, and the Python files that are read at run time.
// lib/ is built beside its place and then moved there, so that no half-built lib/ is ever seen.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const lib = path.join(root, 'lib');
const fresh = `${lib}.${process.pid}.tmp`;

try {
  if (compile()) {
    for (const folder of ['runtime', 'python']) copyPython(path.join(root, 'src', folder), path.join(fresh, folder));
    fs.chmodSync(path.join(fresh, 'cli', 'main.js'), 0o755);
    fs.rmSync(lib, { recursive: true, force: true });
    fs.renameSync(fresh, lib);
  } else process.exitCode = 1;
} finally {
  fs.rmSync(fresh, { recursive: true, force: true });
}

/** False where the compiler complained; it says of what. */
function compile() {
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, error } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error) throw error;
  return status === 0;
}

/** Copies the `.py` files of a folder and of those below it, and nothing else: no bytecode, no test files. */
function copyPython(from, to) {
  if (!fs.existsSync(from)) return;
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) copyPython(source, target);
    else if (entry.name.endsWith('.py')) {
      fs.mkdirSync(to, { recursive: true });
      fs.copyFileSync(source, target);
    }
  }
}
