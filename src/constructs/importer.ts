import type { Construct } from 'constructs';
import type { ArtifactType } from '../components/artifact-type';
import { Component } from '../components/component';
import type { ComponentDefinition } from '../components/definition';
import type { LiteralOf } from '../values/parameter';
import type { Struct } from '../values/types';
import type { Value } from '../values/value';
import type { StoreAccess } from './settings/artifacts';
import type { SettingText } from './settings/setting-value';
import { Task, type TaskBaseProps } from './task';

/** Props of {@link Importer}. */
export interface ImporterProps<T> extends Omit<StoreAccess, 'credentials'> {
  /**
   * Where the artifact is: text, or a value of the run. An object of the pipeline's repository is `artifact:///key`, or the
   * bucket's URI where the repository tells its bucket.
   */
  readonly uri: SettingText;
  /** What it is: `Dataset`, `Model`, …. */
  readonly type: ArtifactType<T>;
  /** What is known of it: code reads it as the artifact's `metadata`. @default - nothing */
  readonly metadata?: LiteralOf<Struct> | Value<Struct> | undefined;
  /**
   * True where each run takes it for another artifact, because what is there may have changed: nothing that was made of it
   * before is reused then.
   * @default false
   */
  readonly reimport?: boolean | undefined;
  /**
   * Keys of Secrets, or `'identity'`, who the pods are to the cloud: tasks that read the artifact fetch it so. Without, they
   * get its URI alone, unless it is in the pipeline's repository, or on the web.
   * @default - none
   */
  readonly credentials?: StoreAccess['credentials'];
}

interface ImporterInputs {
  readonly metadata?: LiteralOf<Struct> | Value<Struct> | undefined;
}

interface ImporterOutputs<T> {
  readonly artifact: Value<T>;
}

/**
 * An artifact that exists already: KFP's `dsl.importer`. No pod runs for it, and nothing is copied; its URI may come from
 * a task, and it may stand in branches and loops.
 *
 * ```ts
 * const data = new Importer(pipeline, 'data', { uri: 'https://example.com/rows.csv', type: Dataset });
 * new Task(pipeline, 'train', { component: train, inputs: { rows: data.output } });
 * ```
 */
export class Importer<T> extends Task<ImporterInputs, ImporterOutputs<T>, Value<T>> {
  /**
   * @param scope a Pipeline, a branch, a loop, or any construct under one
   * @param id the importer's name in its scope
   */
  public constructor(scope: Construct, id: string, props: ImporterProps<T>) {
    const { uri, type, metadata, reimport, endpoint, region, insecure, credentials = 'none' } = props;
    const settings = { artifacts: { artifact: { uri, endpoint, region, insecure, credentials, reimport } } };
    super(scope, id, {
      component: importerOf(type),
      inputs: { metadata },
      ...(settings as Omit<TaskBaseProps<ImporterInputs, ImporterOutputs<T>, Value<T>>, 'component'>),
    });
  }

  /** The artifact. */
  public override get output(): Value<T> {
    return this.outputs.artifact;
  }
}

/** The component of all importers of a type. */
function importerOf<T>({ schemaTitle }: ArtifactType<T>): Component<ImporterInputs, ImporterOutputs<T>, Value<T>> {
  const definition: ComponentDefinition = {
    name: `importer of ${schemaTitle}`,
    inputs: { metadata: { kind: 'parameter', type: 'STRUCT', optional: true } },
    outputs: { artifact: { kind: 'artifact', type: schemaTitle } },
    implementation: { kind: 'importer' },
  };
  return new Component(() => definition);
}
