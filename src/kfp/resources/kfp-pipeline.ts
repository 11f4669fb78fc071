import { Construct } from 'constructs';
import { callSite } from '../../constructs/call-site';
import { Manifest } from '../../constructs/manifest';
import type { Pipeline } from '../../constructs/pipeline';
import { afterBackend } from '../../constructs/platform/backend/sync-waves';
import { type AnyPipeline, KfpPipelineVersion } from './kfp-pipeline-version';
import { KFP_API_VERSION, nameProblems } from './kubernetes-native';

/** Props of {@link KfpPipeline}. */
export interface KfpPipelineProps {
  /** The pipeline. With `targets: []` it has no WorkflowTemplate beside it. */
  readonly pipeline: AnyPipeline;
  /** The object's name. @default - the pipeline's */
  readonly name?: string | undefined;
  /** The title that KFP's UI shows. @default - the pipeline's, else the name */
  readonly displayName?: string | undefined;
  /** What the pipeline does. @default - the pipeline's */
  readonly description?: string | undefined;
  /** The version's name. @default - the pipeline's version, else a hash of what the pipeline is */
  readonly version?: string | undefined;
  /** Where the source of this version is, such as a commit's URL; KFP's UI shows it. @default - none */
  readonly codeSourceUrl?: string | undefined;
  /**
   * Documents of earlier versions that stay: `released/training-1.0.0.yaml`, as synth writes them. Each becomes a version named by
   * its file. Give the oldest first: they are created in this order, and KFP takes the version created last for the latest.
   * @default - none; what is in the cluster already stays there
   */
  readonly earlier?: readonly string[] | undefined;
}

/**
 * A pipeline and its version as objects of a KFP server in Kubernetes-native mode: `Pipeline` and `PipelineVersion` of
 * `pipelines.kubeflow.org/v2beta1`.
 *
 * A version cannot be changed there. It is named after the pipeline's version, so that another version is another object;
 * without a version, by what the pipeline is, so that every change makes one.
 *
 * ```ts
 * new KfpPipeline(this, 'training', { pipeline });
 * ```
 */
export class KfpPipeline extends Construct {
  /** The Pipeline object's name. */
  public readonly name: string;
  /** The version made of the pipeline. */
  public readonly version: KfpPipelineVersion;

  /**
   * @param scope a Chart, or any construct in one
   * @param id the construct's id; it does not reach the cluster
   */
  public constructor(scope: Construct, id: string, props: KfpPipelineProps) {
    super(scope, id);
    const site = callSite(new.target);
    const { pipeline, version, codeSourceUrl } = props;
    const own = (pipeline as Pipeline).props;
    this.name = props.name ?? pipeline.name;
    const description = props.description ?? own.description;
    const displayName = props.displayName ?? own.displayName ?? this.name;
    const object = new Manifest(this, 'Default', {
      apiVersion: KFP_API_VERSION,
      kind: 'Pipeline',
      name: this.name,
      body: () => ({
        annotations: afterBackend(this),
        fields: { spec: { displayName, ...(description !== undefined && { description }) } },
      }),
    });
    const mend = 'use lower-case letters, digits, hyphens and dots';
    this.node.addValidation({ validate: () => nameProblems('Pipeline', this.name, mend, site.at) });
    const earlier = (props.earlier ?? []).map(
      (file) => new KfpPipelineVersion(this, file.replaceAll('/', '-'), { pipelineName: this.name, file }),
    );
    this.version = new KfpPipelineVersion(this, 'version', {
      pipelineName: this.name,
      pipeline,
      version,
      description,
      codeSourceUrl,
    });
    // KFP refuses a version of a Pipeline that does not exist yet, and takes the one created last for the latest.
    const inOrder = [object, ...earlier, this.version];
    for (const [index, each] of inOrder.slice(1).entries()) each.node.addDependency(inOrder[index]!);
  }
}
