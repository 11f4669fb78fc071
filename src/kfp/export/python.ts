import { gzipSync } from 'node:zlib';
import type { ComponentDefinition, PythonImplementation } from '../../components/definition';
import type { IrContainer } from '../ir/types';
import { plainAnnotations } from './annotations';
import { notebookHelper } from './notebook';

/** The release of KFP's SDK whose executor runs Python components on a KFP server. */
const KFP_VERSION = '2.17.0';

/** What KFP's executor runs: the names that components may use without importing them. */
const PREAMBLE = '\nimport kfp\nfrom kfp import dsl\nfrom kfp.dsl import *\nfrom typing import *\n\n';

/** Artifact classes by these titles are in kfp.dsl. */
const OWN_CLASS = /^system\.(\w+)$/;

/** A Python component as KFP's executor runs it, or as its own program does. */
export function pythonContainer(
  component: Pick<ComponentDefinition, 'inputs' | 'outputs' | 'kfp'>,
  implementation: PythonImplementation,
): Pick<IrContainer, 'command' | 'args'> {
  if (implementation.program) return splitProgram(implementation.program);
  const { kfp = {} } = component;
  const before = kfp['/python/command'] as readonly string[] | undefined;
  const module = before
    ? `${(kfp['/python/preamble'] as string | undefined) ?? ''}${implementation.source}`
    : moduleText(component, implementation);
  return {
    command: [...(before ?? commandOf(implementation)), module],
    args: ['--executor_input', '{{$}}', '--function_to_execute', implementation.function],
  };
}

/** Where a program's options begin is no difference to KFP, which joins both. */
function splitProgram(program: readonly string[]): Pick<IrContainer, 'command' | 'args'> {
  const options = program.findIndex((each) => each.startsWith('--') || each.includes('{{$'));
  const at = options < 1 ? program.length : options;
  return { command: program.slice(0, at), ...(at < program.length && { args: program.slice(at) }) };
}

/** The component's text, with all names that it uses. */
function moduleText(
  component: Pick<ComponentDefinition, 'inputs' | 'outputs'>,
  implementation: PythonImplementation,
): string {
  const { classes = {}, notebook, source } = implementation;
  const annotations = plainAnnotations(component, implementation);
  const archive = notebook && gzipSync(Buffer.from(notebook.source), { level: 9 }).toString('base64');
  return [
    // Else Python would evaluate the function's own annotations.
    annotations === undefined ? '' : 'from __future__ import annotations\n',
    PREAMBLE,
    ...Object.entries(classes).map(([name, title]) => `${classText(name, title)}\n`),
    archive === undefined ? '' : notebookHelper(archive),
    source,
    annotations === undefined ? '' : `\n\n${annotations}`,
  ].join('');
}

/** A class that the component's file imports from where the pod may not have it: KFP's executor goes by its title. */
function classText(name: string, title: string): string {
  const own = OWN_CLASS.exec(title)?.[1];
  if (own) return `${name} = dsl.${own}\n`;
  return `class ${name}(dsl.Artifact):\n    schema_title = ${JSON.stringify(title)}\n    schema_version = "0.0.1"\n\n`;
}

/** What installs packages, writes the module that is the next argument to a file, and runs it. */
function commandOf(implementation: PythonImplementation): readonly string[] {
  return ['sh', '-c', installScript(implementation), 'sh', '-ec', RUN];
}

const RUN = `program_path=$(mktemp -d)
printf "%s" "$0" > "$program_path/ephemeral_component.py"
export _KFP_RUNTIME=true
exec python3 -m kfp.dsl.executor_main --component_module_path "$program_path/ephemeral_component.py" "$@"
`;

const WITH_PIP = `if ! [ -x "$(command -v pip)" ]; then
  python3 -m ensurepip --user
fi
`;

const VENV = `export PIP_DISABLE_PIP_VERSION_CHECK=1
tmp=$(mktemp -d)
python3 -m venv $tmp/venv --system-site-packages
. $tmp/venv/bin/activate
`;

function installScript({
  packages = [],
  pipIndexUrls = [],
  pipTrustedHosts = [],
  useVenv,
}: PythonImplementation): string {
  const [first, ...others] = pipIndexUrls;
  const options = [
    ...(first === undefined ? [] : ['--index-url', shellWord(first)]),
    ...others.flatMap((url) => ['--extra-index-url', shellWord(url)]),
    ...pipTrustedHosts.flatMap((host) => ['--trusted-host', shellWord(host)]),
  ];
  const pip = ['PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip install --quiet --no-warn-script-location', ...options];
  const kfp = [...pip, '--no-deps', shellWord(`kfp==${KFP_VERSION}`)];
  const installs = [...(packages.length > 0 ? [[...pip, ...packages.map(shellWord)]] : []), kfp];
  const lines = installs.map((words) => words.join(' '));
  return `${WITH_PIP}${useVenv ? VENV : ''}${[...lines, '"$0" "$@"'].join(' && ')}\n`;
}

/** Text of a user's in a shell's script. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
