import type { Dag, GraphNode } from '../graph/graph';
import { WORKSPACE_DIR } from '../graph/settings';
import { subexpressions } from '../graph/walk';
import { ABSENT } from '../values/codec';
import { type Expression, isArtifactType, type RunField } from '../values/expression';
import type { Closure } from './closure';
import { printArgument, type Reference, type Resolve, reference, string } from './expression-printer';
import { finalStatusOf } from './final-status';
import type { Parameter } from './types';

/** How the values of one pipeline are referred to in its templates. */
export class References {
  /**
   * @param isCalled true where the pipeline's parameters are inputs of its template, and not those of the run
   * @param rawWriters tasks whose output parameters are written by a container without the runtime, and so are not encoded
   */
  public constructor(
    private readonly closure: Closure,
    private readonly isCalled: boolean,
    private readonly rawWriters: ReadonlySet<string>,
  ) {}

  /**
   * How values are referred to in a template that has these inputs.
   *
   * @param beside the nodes of the DAG that reads, by id
   * @param isCertain whether what a node of them gives exists where it is read
   */
  public in(
    inputs: ReadonlySet<string>,
    beside: ReadonlyMap<string, GraphNode> = new Map(),
    isCertain: (upstream: GraphNode) => boolean = () => true,
  ): Resolve {
    return (leaf): Reference => {
      switch (leaf.kind) {
        case 'run':
          return RUN[leaf.field];
        case 'status': {
          const status = finalStatusOf(leaf.of, leaf.of, beside.get(leaf.of)?.kind);
          return { tag: status, variable: status };
        }
        case 'loop':
          return reference('inputs.parameters', this.closure.nameOf(leaf));
        case 'parameter':
          return reference(this.isCalled ? 'inputs.parameters' : 'workflow.parameters', leaf.name);
        case 'output': {
          const name = this.closure.nameOf(leaf);
          if (inputs.has(name)) return reference('inputs.parameters', name);
          const { task, output, type } = leaf;
          const upstream = beside.get(task);
          const optional = upstream !== undefined && !isCertain(upstream);
          if (upstream?.kind === 'approval') return decision(task, optional);
          return {
            tag: `tasks.${task}.outputs.parameters.${output}`,
            // Argo collects the paths of an expression before it evaluates it: only this form survives a missing one.
            variable: optional
              ? `(tasks['${task}'].status == 'Succeeded' ? tasks['${task}'].outputs?.parameters?.['${output}'] ?? '${ABSENT}' : '${ABSENT}')`
              : `tasks['${task}'].outputs.parameters['${output}']`,
            ...(optional && { computed: true, optional }),
            // An artifact's reference is written by the engine, and safe.
            ...(this.rawWriters.has(task) && !isArtifactType(type) && { raw: true }),
          };
        }
      }
    };
  }

  /** The same in outputs of a DAG. Argo does not know global values there; as defaults of inputs it does. */
  public inOutputs(resolve: Resolve): Resolve {
    return (leaf) => {
      const global = this.globalName(leaf);
      return global === undefined ? resolve(leaf) : reference('inputs.parameters', global);
    };
  }

  /** The inputs that stand for global values in outputs of a DAG. */
  public globalsOf(dag: Dag): Parameter[] {
    const leaves = Object.values(dag.outputs).flatMap((value) => subexpressions(value));
    const globals = leaves.flatMap((leaf): (readonly [string, Parameter])[] => {
      const name = this.globalName(leaf);
      if (name === undefined) return [];
      return [[name, { name, default: printArgument(leaf, this.in(new Set())) }]];
    });
    return [...new Map(globals).values()];
  }

  /** The name of the input that stands for a global value. */
  private globalName(leaf: Expression): string | undefined {
    if (leaf.kind === 'run') return `run--${leaf.field}`;
    return leaf.kind === 'parameter' && !this.isCalled ? `parameter--${leaf.name}` : undefined;
  }
}

/** A decision is one of the words, whatever a person wrote: nothing but an approval approves. */
function decision(approval: string, optional: boolean): Reference {
  const given = `tasks['${approval}'].outputs?.parameters?.['decision']`;
  const known = `(${given} in ['approved', 'timed-out'] ? ${given} : 'rejected')`;
  const variable = optional ? `(${given} == nil ? '${ABSENT}' : ${known})` : known;
  return { tag: variable, variable, computed: true, ...(optional && { optional }) };
}

const variable = (name: string): Reference => ({ tag: name, variable: name });

/** When the run was due by its schedule; one without a schedule was when it was created. */
export const SCHEDULED_TIME = 'workflow.scheduledTime ?? workflow.creationTimestamp.RFC3339';

const RUN: Readonly<Record<RunField, Reference>> = {
  name: variable('workflow.name'),
  id: variable('workflow.uid'),
  namespace: variable('workflow.namespace'),
  creationTime: variable('workflow.creationTimestamp.RFC3339'),
  scheduledTime: { ...variable(`(${SCHEDULED_TIME})`), computed: true },
  workspacePath: { ...variable(string(WORKSPACE_DIR)), computed: true },
  // Stands for the whole status in an exit task alone; the rules keep it out of everything else.
  finalStatus: variable('workflow.status'),
};
