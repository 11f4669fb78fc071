import { Construct } from 'constructs';
import { Pipeline } from '../../constructs/pipeline';
import { contentHash } from '../../graph/content-hash';
import { FreeNames } from '../../graph/free-names';
import { kebab, NAME_LIMIT } from '../../graph/names';
import type { IrComponent, IrTask } from '../ir/types';
import type { DocumentImport } from './document-import';
import { PipelineImport } from './pipeline-import';

type Retry = IrTask['retryPolicy'];

/**
 * The pipelines that a document's tasks call. KFP writes one for each task that calls it: those that are equal become one again.
 */
export class SubPipelines {
  private readonly known = new Map<string, PipelineImport>();
  private readonly signatures = new Map<string, number>();
  private readonly texts = new Map<string, number>();
  private readonly names: FreeNames;
  private scope: Construct | undefined;

  /** @param root the pipeline of the whole document */
  public constructor(
    private readonly document: DocumentImport,
    private readonly root: Pipeline,
  ) {
    this.names = new FreeNames([root.name]);
  }

  /**
   * The pipeline of a component.
   *
   * @param retry how its tasks are tried again that say nothing of it
   */
  public of(name: string, retry: Retry): PipelineImport {
    const component = this.document.component(name)!;
    const key = `${this.signatureOf(name)} ${JSON.stringify(retry ?? null)}`;
    let found = this.known.get(key);
    if (!found) {
      found = this.create(name, component, retry);
      this.known.set(key, found);
    }
    return found;
  }

  private create(name: string, component: IrComponent, retry: Retry): PipelineImport {
    this.scope ??= new Construct(this.root, 'Pipelines');
    const id = this.freeName(name.replace(/^comp-/, ''));
    const made = new PipelineImport(this.document, component, this.document.placeOf(name));
    const { scope } = this;
    made.create((props) => new Pipeline(scope, id, { ...props, name: kebab(id), standalone: false }));
    const place = this.document.placeOf(name);
    const { read } = this.document;
    made.pipeline.cameFrom({
      get at() {
        return read.at(place);
      },
    });
    return made.run(retry);
  }

  private freeName(wanted: string): string {
    const cut = kebab(wanted);
    const base =
      cut.length <= NAME_LIMIT - 4
        ? cut || 'pipeline'
        : `${cut.slice(0, 50).replace(/-+$/, '')}-${contentHash(wanted)}`;
    return this.names.take(base);
  }

  /** A number that components share which are the same but for the names of what they run. */
  private signatureOf(name: string): number {
    const known = this.signatures.get(name);
    if (known !== undefined) return known;
    const text = this.signatureText(name);
    const number = this.texts.get(text) ?? this.texts.size;
    this.texts.set(text, number);
    this.signatures.set(name, number);
    return number;
  }

  private signatureText(name: string): string {
    const component = this.document.component(name);
    if (!component) return JSON.stringify(name);
    const { dag, executorLabel, ...rest } = component;
    if (!dag) {
      const { spec, platform } = this.document.document;
      const label = executorLabel ?? '';
      return JSON.stringify([
        rest,
        spec.deploymentSpec?.executors?.[label],
        platform?.platforms?.kubernetes?.deploymentSpec?.executors?.[label],
      ]);
    }
    const place = this.document.placeOf(name);
    // What nobody knows makes two of them differ as well: else that of one would be lost.
    const tasks = Object.entries(dag.tasks ?? {}).map(([key, { componentRef, ...task }]) => [
      key,
      this.signatureOf(componentRef.name),
      task,
      this.document.unknownOf([...place, 'dag', 'tasks', key], componentRef.name, true),
    ]);
    return JSON.stringify([rest, tasks, dag.outputs, this.document.unknownAt(place, '')]);
  }
}
