import type { Passthrough, PortDefinition, PythonImplementation } from '../../components/definition';
import { isPathAnnotation, parametersOf } from '../ir/signature';
import type { IrContainer } from '../ir/types';
import { type PipScript, parsePipScript } from './pip-script';

/** The interface of a component. */
export interface ImportedPorts {
  readonly inputs: Readonly<Record<string, PortDefinition>>;
  readonly outputs: Readonly<Record<string, PortDefinition>>;
}

/** A Python component of KFP's SDK, as its container tells. */
export interface ImportedPython {
  readonly implementation: Omit<PythonImplementation, 'file' | 'image'>;
  /** What is written back where the component is exported. */
  readonly kfp: Passthrough;
  /** Why KFP's own executor runs it, where somebody asked for the runtime here. */
  readonly reason?: string;
}

/** The module of KFP's executor; before 2.1 it stood elsewhere. */
const EXECUTOR = /\bkfp\.(dsl|components)\.executor_main\b/;
/** Names that KFP gives to all modules, which the runtime does as well. */
const PREAMBLE = /^\s*import kfp\nfrom kfp import dsl\nfrom kfp\.dsl import \*\nfrom typing import \*\n+/;
/** What of the kfp package exists only where it is installed. */
const WHOLE_PACKAGE =
  /^[ \t]*(import kfp\.(?!dsl\s*($|#|as\b))|from kfp\.(?!dsl\s)\S+ import |from kfp import (?!\(?\s*dsl\s*\)?\s*($|#|as\b)))|\bkfp\.(Client|client|compiler|components|kubernetes|local|registry)\b/m;

/**
 * The Python component that a container runs, by KFP's executor; undefined for any other container.
 *
 * @param withExecutor true where KFP's own executor is wanted for it
 */
export function importPython(
  { command = [], args = [] }: IrContainer,
  ports: ImportedPorts,
  withExecutor: boolean,
): ImportedPython | undefined {
  const functionName = functionOf(args);
  if (functionName === undefined || !command.some((each) => EXECUTOR.test(each))) return undefined;
  const found = lightweightOf(command);
  const asProgram = (reason?: string): ImportedPython => ({
    implementation: { kind: 'python', function: functionName, line: 1, source: '', program: [...command, ...args] },
    kfp: {},
    ...(reason !== undefined && { reason }),
  });
  // Its code is in the image, where kfp is as well.
  if (!found) return asProgram();
  if (withExecutor) return asProgram();
  const { module, script } = found;
  if (!script) return asProgram('the script that installs its packages does more than KFP’s own');
  const preamble = PREAMBLE.exec(module)?.[0] ?? '';
  const source = module.slice(preamble.length);
  if (WHOLE_PACKAGE.test(source)) return asProgram('its code uses more of the kfp package than kfp.dsl');
  const parameters = parametersOf(source, functionName);
  if (!parameters) return asProgram(`its text has no function ${functionName} at its top that could be read`);
  const names = new Set(parameters.map(({ name }) => name));
  const unknown = Object.keys(ports.inputs).find((name) => !names.has(name) && !names.has('**kwargs'));
  if (unknown !== undefined) return asProgram(`its function ${functionName} has no parameter ${unknown}`);
  const paths = parameters.flatMap(({ name, annotation }) => (isPathAnnotation(annotation) ? [name] : []));
  return {
    implementation: {
      kind: 'python',
      function: functionName,
      line: 1,
      source,
      ...(script.packages.length > 0 && { packages: script.packages }),
      ...(script.indexUrls.length > 0 && { pipIndexUrls: script.indexUrls }),
      ...(script.trustedHosts.length > 0 && { pipTrustedHosts: script.trustedHosts }),
      ...(script.useVenv && { useVenv: true }),
      ...(paths.length > 0 && { paths }),
    },
    kfp: {
      '/python/command': command.slice(0, -1),
      ...(preamble !== '' && { '/python/preamble': preamble }),
      ...(!isUsual(args) && { '/executor/container/args': [...args] }),
    },
  };
}

/**
 * The Python program of a container that wants its inputs as KFP's executor does: those of Google Cloud do. Undefined for any
 * other container, in which the runtime may find no Python.
 */
export function importProgram({ command = [], args = [] }: IrContainer): PythonProgram | undefined {
  const [program = ''] = command;
  const isTold = [...command, ...args].some((each) => each.includes('{{$}}'));
  return isTold && /^(\/\S+\/)?python3?(\.\d+)?$/.test(program) ? { program: [...command, ...args] } : undefined;
}

/** What is run instead of a function. */
export type PythonProgram = Required<Pick<PythonImplementation, 'program'>>;

/** The function that KFP's executor is told to run. */
function functionOf(args: readonly string[]): string | undefined {
  const at = args.indexOf('--function_to_execute');
  const name = at < 0 ? undefined : args[at + 1];
  return name !== undefined && args.includes('--executor_input') && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)
    ? name
    : undefined;
}

function isUsual([first, second, third, ...rest]: readonly string[]): boolean {
  return first === '--executor_input' && second === '{{$}}' && third === '--function_to_execute' && rest.length === 1;
}

const NOTHING_INSTALLED: PipScript = { packages: [], indexUrls: [], trustedHosts: [], useVenv: false };

/**
 * A lightweight component: `sh -c SCRIPT sh -ec SCRIPT MODULE`, where the first script installs packages and may be missing, and
 * the second one writes the module to a file. Other scripts do something of their own.
 */
function lightweightOf(
  command: readonly string[],
): { readonly module: string; readonly script: PipScript | undefined } | undefined {
  const module = command.at(-1);
  const writer = command.at(-2);
  if (module === undefined || writer === undefined || !/ephemeral_component\.py/.test(writer)) return undefined;
  const before = command.slice(0, -2);
  if (before.join(' ') === 'sh -ec') return { module, script: NOTHING_INSTALLED };
  const [shell, option, script = '', ...rest] = before;
  const isPip = shell === 'sh' && option === '-c' && rest.join(' ') === 'sh -ec';
  return { module, script: isPip ? parsePipScript(script) : undefined };
}
