import type { Diagnostic } from '../diagnostic';
import type { Pipeline } from './pipeline';
import { nodesUnder } from './task-scope';

/**
 * Diagnostics with the place in the user's code that created the construct they are about. Places are worked out here,
 * for what is reported, and not for every construct.
 */
export function located(diagnostics: readonly Diagnostic[], pipeline: Pipeline): readonly Diagnostic[] {
  if (diagnostics.every(({ path, at }) => at !== undefined || path === undefined)) return diagnostics;
  // The pipeline itself is near; its tasks may be thousands.
  const wanted = new Set(diagnostics.map(({ path }) => path));
  wanted.delete(pipeline.node.path);
  const sites = new Map<string, { readonly at: string | undefined }>([[pipeline.node.path, pipeline]]);
  if (pipeline.exit) sites.set(pipeline.exit.node.path, pipeline.exit);
  if (wanted.size > 0) for (const site of sitesIn(pipeline)) sites.set(site.node.path, site);
  return diagnostics.map((diagnostic) => {
    const at = diagnostic.at ?? sites.get(diagnostic.path ?? '')?.at;
    return at === undefined ? diagnostic : { ...diagnostic, at };
  });
}

function* sitesIn(pipeline: Pipeline): Generator<Site> {
  for (const node of nodesUnder(pipeline)) {
    yield node;
    if (node.kind === 'if') yield* node.branches;
  }
}

/** A construct that knows where it was created. */
interface Site {
  readonly node: { readonly path: string };
  readonly at: string | undefined;
}
