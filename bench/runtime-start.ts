import * as fs from 'node:fs';
import * as path from 'node:path';
import { cpuOf, measure, ROOT } from './measure';

/** CPU seconds that the runtime takes to run a component that does nothing, beside a Python that does nothing. */
export function runtimeStart(workspace: string, runs: number): { readonly ours: number; readonly python: number } {
  const folder = path.join(workspace, 'pod');
  // Without compiled bytecode: in a pod, the runtime comes from a ConfigMap, which holds none and cannot be written to.
  fs.cpSync(path.join(ROOT, 'src', 'runtime'), path.join(folder, 'runtime'), {
    recursive: true,
    filter: (file) => !file.includes('__pycache__'),
  });
  const source = path.join(folder, 'nothing.py');
  fs.writeFileSync(source, 'def nothing():\n    pass\n');
  const env = {
    PYTHONDONTWRITEBYTECODE: '1',
    KFP_COMPONENT: JSON.stringify({ function: 'nothing', inputs: {}, outputs: {} }),
    KFP_SOURCE: source,
    KFP_WORK_DIR: path.join(folder, 'work'),
    KFP_INPUTS_DIR: path.join(folder, 'inputs'),
    KFP_TERMINATION_LOG: path.join(folder, 'termination-log'),
  };
  // The interpreter itself: `python3` may be a shell script that looks for it.
  const python = measure(['python3', '-c', 'import sys; print(sys.executable)']).stdout;
  return {
    ours: cpuOf([python, path.join(folder, 'runtime', 'launch.py')], runs, env),
    python: cpuOf([python, '-c', '0'], runs, env),
  };
}
