import type { ContainerArgument } from '../../components/definition';
import { branchesOf } from '../../components/optional-arguments';
import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { notableNodesOf } from '../walk';

/** What YAML 1.1 refuses, or takes for a line break, and no reader of manifests keeps. */
const UNPRINTABLE =
  /[\x7f-\x9f\u2028\u2029\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/** The same, with the control characters that a source may hold but text for a program or a person may not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f]/;

/** Text that stands in a manifest as it is has only characters that a manifest can hold. Inputs are encoded instead. */
export function printable(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const check = (text: string | undefined, what: string, path: string, at?: string) => {
    if (text === undefined || !(UNPRINTABLE.test(text) || CONTROLS.test(text))) return;
    diagnostics.push({
      code: 'KFP1234',
      path,
      ...(at && { at }),
      message: `${what} holds a character that YAML cannot hold`,
      mend: 'leave control characters, U+2028 and the like out, or write them as escapes',
    });
  };
  check(graph.description, 'the description', graph.path);
  check(graph.displayName, 'the display name', graph.path);
  for (const [name, { description }] of Object.entries(graph.parameters)) {
    check(description, `the description of parameter '${name}'`, graph.path);
  }
  for (const { name, implementation } of Object.values(graph.components)) {
    if (implementation.kind === 'resource') {
      // Text that is known at synth; JSON shows what is in it.
      const text = JSON.stringify(implementation).replace(/\\[nrt]|\\\\/g, '');
      check(/\\u00|\\[bf]/.test(text) ? '\0' : text, `the manifest of '${name}'`, graph.path);
      continue;
    }
    if (implementation.kind === 'importer') continue;
    check(implementation.image, `the image of '${name}'`, graph.path);
    if (implementation.kind !== 'container') continue;
    const { command, args, env = {} } = implementation;
    for (const argument of [...[...command, ...args].flatMap(branchesOf), ...Object.values(env)]) {
      check(literals(argument), `the command line of '${name}'`, graph.path);
    }
  }
  for (const [file, functions] of Object.entries(graph.sources)) {
    for (const [name, source] of Object.entries(functions)) {
      if (UNPRINTABLE.test(source) || source.includes('\0')) check('\x7f', `the function '${name}'`, graph.path, file);
    }
  }
  for (const { node } of notableNodesOf(graph)) {
    if (node.kind !== 'task') continue;
    for (const variable of node.settings.env ?? []) {
      if ('value' in variable && typeof variable.value === 'string') {
        check(variable.value, `the environment variable '${variable.name}'`, node.path);
      }
    }
  }
  return diagnostics;
}

function literals(argument: ContainerArgument): string {
  if (typeof argument === 'string') return argument;
  return argument.parts.filter((part) => typeof part === 'string').join('');
}
