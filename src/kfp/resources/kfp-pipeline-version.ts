import { Construct } from 'constructs';
import { KEPT } from '../../argo/sources';
import { callSite } from '../../constructs/call-site';
import { Manifest } from '../../constructs/manifest';
import type { Pipeline } from '../../constructs/pipeline';
import { afterBackend } from '../../constructs/platform/backend/sync-waves';
import { type Diagnostic, isWarning, renderDiagnostic } from '../../diagnostic';
import { pointer, withPassthrough } from '../ir/passthrough';
import type { IrDocument } from '../ir/types';
import { contentVersion, versionOfFile } from '../version';
import { KFP_API_VERSION, nameProblems } from './kubernetes-native';

/** A pipeline of whatever parameters. */
export type AnyPipeline = Pick<Pipeline, 'name' | 'graph' | 'tasks'>;

/** What etcd takes in one request unless it is told otherwise. */
const LARGEST_BYTES = 1.5 * 1024 * 1024;

/** Stands where there is no document, because something is wrong with it: synth reports what. */
const NO_DOCUMENT: IrDocument = {
  spec: { pipelineInfo: { name: 'unknown' }, root: {}, schemaVersion: '' },
};

/** Props of {@link KfpPipelineVersion} but what it is a version of. */
export interface KfpPipelineVersionBaseProps {
  /** The name of the Pipeline object, which is in the same namespace. */
  readonly pipelineName: string;
  /**
   * The version's name.
   * @default - the pipeline's version, or the one in the document's file name; else a hash of what the pipeline is
   */
  readonly version?: string | undefined;
  /** The object's name. @default - the Pipeline object's name, a hyphen and the version */
  readonly name?: string | undefined;
  /** The title that KFP's UI shows. @default - the version */
  readonly displayName?: string | undefined;
  /** What the version is. @default - what the pipeline, or its document, says of itself */
  readonly description?: string | undefined;
  /** Where the source of this version is, such as a commit's URL; KFP's UI shows it. @default - none */
  readonly codeSourceUrl?: string | undefined;
}

/** Props of {@link KfpPipelineVersion}: it is made of a pipeline, or of the document in a file. */
export type KfpPipelineVersionProps = KfpPipelineVersionBaseProps &
  (
    | { /** The pipeline. */ readonly pipeline: AnyPipeline; readonly file?: undefined }
    | {
        /** A compiled pipeline, as synth, `cdk8s-kfp export` or the KFP SDK write it. */ readonly file: string;
        readonly pipeline?: undefined;
      }
  );

/** Where a version's document comes from. */
interface Source {
  /** What the pipeline's own version is, where it has one. */
  readonly version: string | undefined;
  readonly description: string | undefined;
  readonly document: IrDocument;
  /** What is wrong with it that nobody else reports. */
  readonly problems: readonly Diagnostic[];
}

/**
 * A version of a pipeline as an object of a KFP server in Kubernetes-native mode. {@link KfpPipeline} makes one for the pipeline
 * that it has; this one is for a Pipeline object that exists already.
 *
 * A KFP server refuses any change of it, so its name has to change with it. Runs and recurring runs refer to versions: the
 * object is marked not to be pruned where the app no longer holds it.
 */
export class KfpPipelineVersion extends Construct {
  private readonly object: Manifest;
  private known: Source | undefined;
  private hasWarned = false;

  /**
   * @param scope a Chart, or any construct in one
   * @param id the construct's id; it does not reach the cluster
   * @throws where the pipeline was already synthesised
   */
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: KfpPipelineVersionProps,
  ) {
    super(scope, id);
    const site = callSite(new.target);
    (props.pipeline as Pipeline | undefined)?.needsIr();
    const version =
      props.version ?? (props.pipeline ? (props.pipeline as Pipeline).props.version : this.source.version);
    this.object = new Manifest(this, 'Default', {
      apiVersion: KFP_API_VERSION,
      kind: 'PipelineVersion',
      // What the pipeline is, is known at synth.
      name: props.name ?? (version === undefined ? () => this.nameOf(this.version) : this.nameOf(version)),
      annotations: { ...KEPT },
      body: () => ({ annotations: afterBackend(this, 'last'), fields: { spec: this.spec() } }),
    });
    this.node.addValidation({ validate: () => this.validate(site.at) });
  }

  /** The version's name. Reading it compiles the pipeline where it is a hash. */
  public get version(): string {
    return this.props.version ?? this.source.version ?? contentVersion(this.source.document);
  }

  /** The object's name. */
  public get name(): string {
    return this.object.name;
  }

  private nameOf(version: string): string {
    return `${this.props.pipelineName}-${version}`;
  }

  /** As the KFP SDK prints it, with `kubernetes_manifest_format`. */
  private spec() {
    const { pipelineName, displayName = this.version, codeSourceUrl } = this.props;
    const { document, description: own } = this.source;
    const description = this.props.description ?? own;
    const { spec, platform } = document;
    return {
      displayName,
      ...(description !== undefined && { description }),
      pipelineName,
      ...(codeSourceUrl !== undefined && { codeSourceURL: codeSourceUrl }),
      // Printed from copies: YAML would have aliases where one object stands in two places.
      pipelineSpec: JSON.parse(JSON.stringify(spec)) as object,
      ...(platform && { platformSpec: JSON.parse(JSON.stringify(platform)) as object }),
    };
  }

  private get source(): Source {
    this.known ??=
      this.props.pipeline === undefined ? ofFile(this.props.file) : ofPipeline(this.props.pipeline as Pipeline);
    return this.known;
  }

  private validate(at: string | undefined): string[] {
    const { problems, document } = this.source;
    for (const warning of this.hasWarned ? [] : problems.filter(isWarning)) {
      console.warn(`warning: ${renderDiagnostic({ ...warning, path: this.node.path })}`);
    }
    this.hasWarned = true;
    const errors = problems.filter((problem) => !isWarning(problem));
    if (errors.length > 0) return errors.map((error) => renderDiagnostic(error));
    const mend = 'use lower-case letters, digits, hyphens and dots in the version, or give the object a `name`';
    return [...nameProblems('PipelineVersion', this.name, mend, at), ...sizeProblems(document, at)];
  }
}

/** A pipeline reports by itself what is wrong with it. */
function ofPipeline(pipeline: Pipeline): Source {
  const { version, description } = pipeline.props;
  const isWrong = !pipeline.diagnostics.every(isWarning);
  return { version, description, document: isWrong ? NO_DOCUMENT : pipeline.ir.document, problems: [] };
}

function ofFile(file: string): Source {
  // Loaded where it is needed: few apps read documents.
  const { readIrFile } = require('../ir/read') as typeof import('../ir/read');
  const { document: known, unknown, problems } = readIrFile(file);
  // A server may know fields that are not known here.
  const bag = Object.fromEntries(unknown.map(({ path, value }) => [pointer(path), value]));
  const document = known ? withPassthrough(known, bag) : NO_DOCUMENT;
  const { description } = document.spec.pipelineInfo;
  return { version: versionOfFile(file, document), description, document, problems };
}

function sizeProblems(document: IrDocument, at: string | undefined): string[] {
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes <= LARGEST_BYTES) return [];
  const message = `the PipelineVersion would have ${Math.ceil(bytes / 1024)} kB; a cluster takes objects of at most 1536 kB`;
  const mend = 'upload the document instead, which goes to a database: cdk8s-kfp kfp upload FILE';
  return [renderDiagnostic({ code: 'KFP1611', message, mend, ...(at && { at }) })];
}
