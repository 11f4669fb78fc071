import type { Diagnostic } from '../../diagnostic';
import type { Branch, GraphNode, PipelineGraph } from '../graph';
import { isDnsLabel, isLabelValue, kebab, NAME_LIMIT } from '../names';
import { nodesOf } from '../walk';

/** Names are DNS labels, and no two constructs share one: a name is the construct's path in kebab case, nothing else. */
export function names(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (!isDnsLabel(graph.name)) {
    diagnostics.push({
      code: 'KFP1202',
      path: graph.path,
      message: `the pipeline's name '${graph.name}' is not a DNS label of at most ${NAME_LIMIT} characters`,
      mend: 'give the Pipeline a `name` of lower-case letters, digits and hyphens; `cdk8s-kfp convert` one by --name',
    });
  }
  if (graph.version !== undefined && !isLabelValue(graph.version)) {
    diagnostics.push({
      code: 'KFP1208',
      path: graph.path,
      message: `the pipeline's version '${graph.version}' cannot be a label`,
      mend: `use at most ${NAME_LIMIT} letters, digits, '-', '_' and '.', with a letter or digit at both ends`,
    });
  }
  const taken = new Map<string, GraphNode | Branch>();
  const check = (named: GraphNode | Branch) => {
    const other = taken.get(named.id);
    if (other) {
      diagnostics.push({
        code: 'KFP1204',
        path: named.path,
        message: `has the name '${named.id}', which '${other.path}' has already`,
        mend: 'give one of them another id: ids are compared in kebab case',
      });
    } else taken.set(named.id, named);
    if (!isDnsLabel(named.id)) {
      diagnostics.push({
        code: 'KFP1203',
        path: named.path,
        message:
          named.id.length > NAME_LIMIT
            ? `the name '${named.id}' has ${named.id.length} characters; ${NAME_LIMIT} are allowed`
            : `the id gives the name '${named.id}', which is not a DNS label`,
        mend: 'give the construct, or one it stands under, a shorter id of letters, digits and hyphens',
      });
    }
  };
  for (const { node } of nodesOf(graph)) {
    check(node);
    // An If and its first branch are the same construct.
    if (node.kind === 'if') node.branches.slice(1).forEach(check);
  }
  return [...diagnostics, ...componentNames(graph)];
}

function componentNames(graph: PipelineGraph): readonly Diagnostic[] {
  const taken = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  for (const { name } of Object.values(graph.components)) {
    const template = kebab(name);
    const other = taken.get(template);
    if (other !== undefined) {
      diagnostics.push({
        code: 'KFP1206',
        path: graph.path,
        message: `the components '${other}' and '${name}' both become the template '${template}'`,
        mend: 'rename one of them',
      });
    }
    taken.set(template, name);
    if (isDnsLabel(template)) continue;
    diagnostics.push({
      code: 'KFP1207',
      path: graph.path,
      message: `the component's name '${name}' gives the template name '${template}', which is not a DNS label of at most ${NAME_LIMIT} characters`,
      mend: 'rename the component: letters, digits and hyphens',
    });
  }
  return diagnostics;
}
