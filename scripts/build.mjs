// Builds lib/: compiled JavaScript with declarations, and the Python files that are read at run time. The index loads what is
// used of it.
// lib/ is built beside its place and then moved there, so that no half-built lib/ is ever seen.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const lib = path.join(root, 'lib');
const fresh = `${lib}.${process.pid}.tmp`;

try {
  if (compile()) {
    loadLazily(path.join(fresh, 'index.js'));
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

/**
 * Makes the index load a module when something of it is first asked for: an app pays for the constructs that it uses. Node finds
 * the names for ES modules by reading the file; the last line, which never runs, is there to be read.
 */
function loadLazily(index) {
  const modules = new Map();
  const getters = [];
  const kept = fs
    .readFileSync(index, 'utf8')
    .replace(/^var (\w+) = require\("(.+)"\);\n/gm, (_, name, module) => {
      modules.set(name, module);
      return '';
    })
    .replace(
      /^Object\.defineProperty\(exports, "(\w+)", \{ .*return (\w+)\.(\w+); \} \}\);\n/gm,
      (_, name, module, member) => {
        getters.push([name, modules.get(module), member]);
        return '';
      },
    );
  for (const name of modules.keys()) {
    if (new RegExp(`\\b${name}\\b`).test(kept))
      throw new Error(`the index uses ${name} in a way that is not known here`);
  }
  const lazy = `for (const [name, module, member] of ${JSON.stringify(getters)})
  Object.defineProperty(exports, name, { enumerable: true, get: () => require(module)[member] });`;
  fs.writeFileSync(index, `${kept}\n${lazy}\n`);
  const names = Object.keys(createRequire(index)(index));
  fs.appendFileSync(index, `0 && (module.exports = { ${names.join(', ')} });\n`);
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
