import type { Json, Passthrough } from '../../components/definition';
import type { FlowNode } from '../../constructs/flow-node';
import type { TaskSettings } from '../../constructs/settings/task-settings';
import type { ClaimProps } from '../../constructs/settings/volume';
import type { IrPath } from '../ir/message';
import { pointer } from '../ir/passthrough';
import type { ReadIr } from '../ir/read';
import { Shapes } from '../ir/shapes';
import type { IrComponent, IrDocument, IrTask } from '../ir/types';
import type { ExecutorImports } from './components';
import { TaskIds } from './ids';
import type { ImportReport } from './report';
import type { SubPipelines } from './sub-pipelines';

/** What is known while a document becomes constructs. */
export class DocumentImport {
  /** What the tasks of each DAG are. */
  public readonly shapes: Shapes;
  /** How the constructs are called. */
  public readonly ids: TaskIds;
  /** The pipelines that tasks call. */
  public pipelines!: SubPipelines;
  /** Whether something of it has not become constructs, which was told: what reads from that is not told again. */
  public isIncomplete = false;
  /** The tasks whose results KFP reuses. */
  public readonly cached = new Map<FlowNode, { readonly path: IrPath; readonly options: IrTask['cachingOptions'] }>();
  /** The places of the tasks whose results KFP reuses, and a run here does not. */
  public readonly notReused: IrPath[] = [];
  /** The fields that nobody knows, by the place of the object that they belong to. */
  private readonly unknown = new Map<string, Record<string, Json>>();

  public constructor(
    public readonly document: IrDocument,
    public readonly read: ReadIr,
    public readonly report: ImportReport,
    public readonly executors: ExecutorImports,
    /** What all tasks of all pipelines of the document are given. */
    public readonly settings: TaskSettings | undefined,
    public readonly workspace: ClaimProps | undefined,
  ) {
    this.shapes = new Shapes(document);
    this.ids = new TaskIds(document, this.shapes);
    for (const { path, value } of read.unknown) this.keep(path, value);
  }

  /** A component by its name. */
  public component(name: string): IrComponent | undefined {
    const { components = {} } = this.document.spec;
    return Object.hasOwn(components, name) ? components[name] : undefined;
  }

  /** Where a component stands in the document. */
  public placeOf(name: string): IrPath {
    return ['spec', 'components', name];
  }

  /** Unknown fields of an object of the document, below a pointer of a bag. */
  public unknownAt(path: IrPath, below: string): Passthrough {
    const found = this.unknown.get(pointer(path)) ?? {};
    return Object.fromEntries(Object.entries(found).map(([rest, value]) => [below + rest, value]));
  }

  /**
   * All that a task and what it runs say besides.
   *
   * @param isGroup whether its component is a group, which nothing but the task stands for
   */
  public unknownOf(taskPath: IrPath, componentName: string, isGroup: boolean): Passthrough {
    if (this.unknown.size === 0) return {};
    const label = this.component(componentName)?.executorLabel;
    return {
      ...this.unknownAt(taskPath, '/task'),
      ...(isGroup && this.unknownAt(this.placeOf(componentName), '/component')),
      ...(label !== undefined && {
        ...this.unknownAt(['spec', 'deploymentSpec', 'executors', label], '/executor'),
        ...this.unknownAt(['platform', 'platforms', 'kubernetes', 'deploymentSpec', 'executors', label], '/platform'),
      }),
    };
  }

  private keep(path: IrPath, value: Json): void {
    const owner = ownerOf(path);
    const key = pointer(path.slice(0, owner));
    const fields = this.unknown.get(key) ?? {};
    fields[pointer(path.slice(owner))] = value;
    this.unknown.set(key, fields);
  }
}

/** How much of a path is that of the task, the executor, the component or the document that a field belongs to. */
function ownerOf(path: IrPath): number {
  const dag = path.indexOf('dag');
  const isOfDag = (dag === 2 && path[1] === 'root') || (dag === 3 && path[1] === 'components');
  if (isOfDag && path[dag + 1] === 'tasks' && path.length > dag + 3) return dag + 3;
  const executors = path[0] === 'spec' ? 1 : 3;
  if (path[executors] === 'deploymentSpec' && path[executors + 1] === 'executors' && path.length > executors + 3) {
    return executors + 3;
  }
  if (path[0] === 'spec' && path[1] === 'components' && path.length > 3) return 3;
  return 1;
}
