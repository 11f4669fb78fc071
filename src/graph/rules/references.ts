import type { Diagnostic } from '../../diagnostic';
import { type Expression, operandsOf } from '../../values/expression';
import { endingsIn, type GraphNode, type PipelineGraph } from '../graph';
import { nearest } from '../names';
import { type ExpressionUse, expressionsOf, isLeaf, type NodeUse, nodesById, nodesOf, subexpressions } from '../walk';
import { outside, unreachable } from './joined';
import { originOf } from './origin';

type Problem = readonly [code: string, message: string, mend: string];

/** What is read exists, belongs to this pipeline, and is certain to have run where it is read. */
export function references(graph: PipelineGraph): readonly Diagnostic[] {
  const nodes = nodesById(graph);
  const diagnostics: Diagnostic[] = [];
  for (const use of expressionsOf(graph)) {
    if (isLeaf(use.expression)) {
      const problem = problemOf(use.expression, use, nodes, graph);
      if (problem) diagnostics.push(diagnosticOf(problem, use));
      continue;
    }
    const problems = readIn(use.expression).flatMap((part) => {
      const problem = problemOf(part, use, nodes, graph);
      return problem ? [problem] : [];
    });
    // What is read twice in one place is one mistake.
    const first = (problem: Problem, index: number) =>
      problems.findIndex(([, message]) => message === problem[1]) === index;
    diagnostics.push(...problems.filter(first).map((problem) => diagnosticOf(problem, use)));
  }
  for (const use of nodesOf(graph)) {
    if (!isInPlainOrder(use, nodes)) diagnostics.push(...orderProblems(use, nodes, graph));
  }
  return diagnostics;
}

function diagnosticOf([code, message, mend]: Problem, { site }: ExpressionUse): Diagnostic {
  return { code, path: site.path, message, mend };
}

/** What is wrong with reading an expression, apart from what is inside of it. */
function problemOf(
  part: Expression,
  use: ExpressionUse,
  nodes: ReadonlyMap<string, NodeUse>,
  graph: PipelineGraph,
): Problem | undefined {
  switch (part.kind) {
    case 'collect':
    case 'one-of':
      return unreachable(part, use, nodes);
    case 'parameter':
      return parameterProblem(part.name, use, graph);
    case 'output':
      return outputProblem(part, use, nodes);
    case 'loop':
      return loopProblem(part, use, nodes);
    case 'run':
      if (part.field !== 'finalStatus' || use.exitOf === '') return undefined;
      return ['KFP1225', `${use.reader} takes the run's final status before the run has ended`, STATUS_MEND];
    case 'status': {
      if (use.exitOf === part.of || isUpstream(part.of, use, nodes)) return undefined;
      const path = nodes.get(part.of)?.node.path ?? part.of.slice(1);
      return ['KFP1225', `${use.reader} takes the final status of '${path}' before that has ended`, STATUS_MEND];
    }
    default:
      return undefined;
  }
}

const STATUS_MEND = 'use it in an OnExit, or in a task that runs after one other and ignores its failure';

/** The expressions inside of an expression; of one that joins values it is the joining that has failed. */
function readIn(expression: Expression): readonly Expression[] {
  if (expression.kind === 'collect' || expression.kind === 'one-of') return [expression];
  return [expression, ...operandsOf(expression).flatMap(readIn)];
}

function parameterProblem(name: string, { reader }: ExpressionUse, graph: PipelineGraph): Problem | undefined {
  if (Object.hasOwn(graph.parameters, name)) return undefined;
  const meant = nearest(name, Object.keys(graph.parameters));
  return [
    'KFP1222',
    `${reader} reads the parameter '${name}', which this pipeline does not have`,
    meant ? `did you mean '${meant}'?` : 'declare it in the Pipeline’s parameters',
  ];
}

function outputProblem(
  part: Extract<Expression, { kind: 'output' }>,
  use: ExpressionUse,
  nodes: ReadonlyMap<string, NodeUse>,
): Problem | undefined {
  const { reader } = use;
  const { task: id, output } = part;
  const found = nodes.get(id);
  if (!found) {
    return [
      'KFP1221',
      `${reader} reads '${output}' of '${id.slice(1)}', which is not a task of this pipeline`,
      'create the producing task under the same Pipeline, or return the value from its own',
    ];
  }
  const { node, scopes, exitOf } = found;
  const origin = () => originOf(part, (each) => nodes.get(each)?.node);
  const home = scopes.at(-1)!;
  // What an exit handler is inside of has begun when what it waits for has succeeded.
  if (use.exitOf !== undefined && (exitOf !== undefined || !use.scopes.slice(0, -1).includes(home))) {
    return [
      'KFP1223',
      `${reader} reads ${origin()} in the exit task, where it may not exist`,
      "give the exit task parameters, facts of the run, the final status, a loop's item, or what was there before the branch or loop around it",
    ];
  }
  if (exitOf !== undefined) {
    return [
      'KFP1223',
      `${reader} reads '${output}' of the exit task '${node.path}'`,
      'nothing can run after an exit task',
    ];
  }
  if (use.scopes.includes(home)) return undefined;
  const [what, mend] = outside(found, use);
  return ['KFP1220', `${reader} reads ${origin()} from outside the ${what} that produces it`, mend];
}

function loopProblem(
  { loop: id, field }: { readonly loop: string; readonly field: string },
  use: ExpressionUse,
  nodes: ReadonlyMap<string, NodeUse>,
): Problem | undefined {
  const loop = nodes.get(id)?.node;
  if (loop && use.around.includes(loop)) return undefined;
  const path = loop?.path ?? id.slice(1);
  return [
    'KFP1226',
    `${use.reader} reads the ${field} of '${path}' outside of that loop`,
    'create the reader in the loop',
  ];
}

/** Whether the reader runs however what it asks about has ended. */
function isUpstream(id: string, { site }: ExpressionUse, nodes: ReadonlyMap<string, NodeUse>): boolean {
  const node = [...nodes.values()].find((use) => use.node.path === site.path)?.node;
  return node?.runsWhen !== undefined && node.dependsOn.includes(id);
}

/** True for most nodes: they wait for what stands in the pipeline, and ask no more of it than that it succeeds. */
function isInPlainOrder({ node, exitOf }: NodeUse, nodes: ReadonlyMap<string, NodeUse>): boolean {
  if (exitOf !== undefined || node.runsWhen) return false;
  for (const id of node.dependsOn) {
    const other = nodes.get(id);
    if (!other || other.exitOf !== undefined) return false;
  }
  return true;
}

function orderProblems(
  { node, exitOf }: NodeUse,
  nodes: ReadonlyMap<string, NodeUse>,
  graph: PipelineGraph,
): readonly Diagnostic[] {
  const { path } = node;
  if (exitOf !== undefined) {
    const report = (message: string, mend: string) => [{ code: 'KFP1223', path, message, mend }];
    return [
      ...(node.dependsOn.length > 0
        ? report(
            'the exit task is told to run after others',
            'take out `.after(…)`: it runs when what it stands under has ended',
          )
        : []),
      ...(node.continueOnFailure
        ? report(
            'the exit task is told to go on after failures',
            'take that out: it does so anyway, and nothing waits for it',
          )
        : []),
    ];
  }
  const asked = node.runsWhen ? endingsIn(node.runsWhen).map((ending) => ending.node) : [];
  const awaited = [...new Set([...node.dependsOn, ...asked])];
  return awaited.flatMap((id): readonly Diagnostic[] => {
    const isStranger = id.startsWith('/');
    const other = isStranger ? [...nodes.values()].find((use) => `/${use.node.path}` === id) : nodes.get(id);
    if (!isStranger && other?.exitOf === undefined) return [];
    if (readsFrom(node, [id, other?.node.id], graph)) return [];
    if (other?.exitOf !== undefined) {
      const message = `runs after the exit task '${other.node.path}'`;
      return [{ code: 'KFP1223', path, message, mend: 'nothing can run after an exit task' }];
    }
    if (!other) {
      const message = `runs after '${id.slice(1)}', which is not a task of this pipeline`;
      return [{ code: 'KFP1221', path, message, mend: 'order tasks of one pipeline only' }];
    }
    const message = `asks how '${id.slice(1)}' has ended, which does not stand beside it`;
    const mend =
      'ask that of what is under the same construct: a task outside waits for the whole branch, loop or handler';
    return [{ code: 'KFP1228', path, message, mend }];
  });
}

/** Whether a node, or something inside of it, reads what another one gives: that is told of where it is read. */
function readsFrom(node: GraphNode, ids: readonly (string | undefined)[], graph: PipelineGraph): boolean {
  return expressionsOf(graph).some(
    ({ expression, site, around }) =>
      (site.path === node.path || around.includes(node) || isBranchOf(site.path, node)) &&
      subexpressions(expression).some(
        (part) =>
          (part.kind === 'output' && ids.includes(part.task)) || (part.kind === 'collect' && ids.includes(part.loop)),
      ),
  );
}

function isBranchOf(path: string, node: GraphNode): boolean {
  return node.kind === 'if' && node.branches.some((branch) => branch.path === path);
}
