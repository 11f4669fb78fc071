import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { expressionsOf, isLeaf, notableNodesOf, subexpressions } from '../walk';

/** Names by which people call what nobody else may know; `secret` alone is mostly the name of a Secret. */
const NAMED = /(^|[_-])(password|passwd|passphrase|client[_-]?secret|token|(api|access|private|secret)[_-]?key)$/i;

/** Texts that credentials of well-known services look like. */
const KNOWN =
  /\b(hf_[A-Za-z0-9]{30,}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}|AKIA[0-9A-Z]{16}|sk-[\w-]{32,}|xox[baprs]-[\w-]{10,}|AIza[\w-]{35})\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|:\/\/[^\s/:@]*:[^\s/@]+@/;

const MEND = 'keep it in a Secret, and give it to the task by env: { NAME: Env.secret(…) }';

/** No secret stands in a manifest: not in the URLs of indexes and packages, in variables, nor in what tasks are given. */
export function secrets(graph: PipelineGraph): readonly Diagnostic[] {
  return [...urls(graph), ...parameters(graph), ...variables(graph), ...literals(graph)];
}

function urls(graph: PipelineGraph): readonly Diagnostic[] {
  return Object.values(graph.components).flatMap(({ name, implementation }): Diagnostic[] => {
    if (implementation.kind !== 'python') return [];
    const texts = [...(implementation.pipIndexUrls ?? []), ...(implementation.packages ?? [])];
    if (!texts.some((text) => /[a-z+]+:\/\/[^/?#\s]*@/i.test(text))) return [];
    return [
      {
        code: 'KFP1232',
        path: graph.path,
        at: `${implementation.file}:${implementation.line}`,
        message: `the component '${name}' has credentials in the URL of an index or a package, which would stand in the manifest`,
        mend: 'leave them out, and give them to pip by its configuration in the image',
      },
    ];
  });
}

/** Whoever can see a run can see its parameters. */
function parameters(graph: PipelineGraph): readonly Diagnostic[] {
  return Object.entries(graph.parameters).flatMap(([name, { type, default: value }]): Diagnostic[] => {
    if (type !== 'STRING' || (!NAMED.test(name) && !isKnown(value))) return [];
    const isGiven = typeof value === 'string' && value !== '';
    return [
      {
        code: 'KFP1249',
        ...(!isGiven && { severity: 'warning' }),
        path: graph.path,
        message: isGiven
          ? `the parameter '${name}' has a default that looks like a secret, and would stand in the manifest`
          : `the parameter '${name}' looks like a secret: it stands in every run, for all to see`,
        mend: MEND,
      },
    ];
  });
}

function variables(graph: PipelineGraph): readonly Diagnostic[] {
  return notableNodesOf(graph).flatMap(({ node }): Diagnostic[] => {
    if (node.kind !== 'task') return [];
    const { settings } = node;
    const holder = textsOf({ ...settings, env: [], artifacts: {} }).some(isKnown);
    const elsewhere: Diagnostic[] = holder
      ? [
          {
            code: 'KFP1249',
            path: node.path,
            message: 'a setting holds what looks like a secret, and would stand in the manifest',
            mend: MEND,
          },
        ]
      : [];
    const own = (settings.env ?? []).flatMap((variable): Diagnostic[] => {
      if (!('value' in variable) || typeof variable.value !== 'string') return [];
      const { name, value } = variable;
      // A path says where a secret is, and not what.
      const isNamed = NAMED.test(name) && value !== '' && !value.startsWith('/');
      if (!isNamed && !isKnown(value)) return [];
      const message = `the environment variable '${name}' holds what looks like a secret, and would stand in the manifest`;
      return [{ code: 'KFP1249', path: node.path, message, mend: MEND }];
    });
    return [...own, ...elsewhere];
  });
}

function literals(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { expression, reader, site } of expressionsOf(graph)) {
    if (expression.kind !== 'literal' && isLeaf(expression)) continue;
    if (!subexpressions(expression).some((part) => part.kind === 'literal' && isKnown(part.value))) continue;
    const message = `${reader} is given what looks like a secret, and would stand in the manifest`;
    diagnostics.push({ code: 'KFP1249', path: site.path, message, mend: MEND });
  }
  return diagnostics;
}

/** All texts of a tree. */
function textsOf(tree: unknown): readonly string[] {
  if (typeof tree === 'string') return [tree];
  return typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(textsOf) : [];
}

function isKnown(value: unknown): boolean {
  return typeof value === 'string' && KNOWN.test(value);
}
