import type { connect } from './connect';
import { kfpProblem } from './errors';
import type { KfpExperiments } from './experiments';
import type { KfpRunOutputs } from './outputs';
import type { KfpPipelines } from './pipelines';
import type { KfpRecurringRuns } from './recurring-runs';
import type { KfpRetry } from './retry';
import type { KfpRuns } from './runs';
import type { KfpToken } from './token';

/** Props of {@link KfpClient}. */
export interface KfpClientProps {
  /** The server's URL: of KFP's API, or of its UI, which passes the API on. `https` where no scheme is given. */
  readonly host: string;
  /**
   * The bearer token: text, `{ file }` that is read for each request, or a function that is asked for each request.
   * @default - none is sent
   */
  readonly token?: KfpToken | undefined;
  /** Headers of each request, such as a cookie or `kubeflow-userid`. Credentials among them are as secret as the token. @default - none */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The namespace, where KFP serves several users. @default - the server's */
  readonly namespace?: string | undefined;
  /**
   * A file of PEM certificates: the authorities that the server's certificate may come from, and no others. There is no way
   * to leave the certificate unchecked.
   * @default - those that Node trusts, and NODE_EXTRA_CA_CERTS
   */
  readonly caFile?: string | undefined;
  /** True where a token or a cookie may go to another machine over plain HTTP. @default false */
  readonly allowPlainHttp?: boolean | undefined;
  /** The URL of the UI, for links. @default - host */
  readonly uiHost?: string | undefined;
  /** The URL that answers for KFP's metadata store, which knows what runs gave: the UI's. It gets the token too. @default - host */
  readonly metadataHost?: string | undefined;
  /** How long a request may take, in milliseconds. @default 60000 */
  readonly timeoutMs?: number | undefined;
  /** How requests are made again. @default - 5 attempts, up to 30 seconds apart */
  readonly retry?: KfpRetry | undefined;
}

/** Environment variables of {@link KfpClient.fromEnvironment}; those that begin with `KF_PIPELINES` are the KFP SDK's. */
export const KFP_VARIABLES = {
  host: ['KFP_HOST', 'KF_PIPELINES_ENDPOINT'],
  uiHost: ['KFP_UI_HOST', 'KF_PIPELINES_UI_ENDPOINT'],
  metadataHost: ['KFP_METADATA_HOST'],
  namespace: ['KFP_NAMESPACE'],
  token: ['KFP_TOKEN'],
  tokenFile: ['KFP_TOKEN_FILE', 'KF_PIPELINES_SA_TOKEN_PATH'],
  caFile: ['KFP_CA_FILE'],
} as const;

/** A client of a KFP server (API v2beta1; KFP 2.0 and later). */
export class KfpClient {
  /** Pipelines and their versions. */
  public readonly pipelines: KfpPipelines;
  /** Experiments. */
  public readonly experiments: KfpExperiments;
  /** Runs. */
  public readonly runs: KfpRuns;
  /** Recurring runs. */
  public readonly recurringRuns: KfpRecurringRuns;

  private readonly parts: ReturnType<typeof connect>;

  /** @throws KfpError where the host is no URL, a secret would go over plain HTTP, or the CA file holds no certificate */
  public constructor(props: KfpClientProps) {
    this.parts = modules().connect(props);
    const { pipelines, experiments, runs, recurringRuns } = this.parts;
    this.pipelines = pipelines;
    this.experiments = experiments;
    this.runs = runs;
    this.recurringRuns = recurringRuns;
  }

  /**
   * A client of the server that the environment names: `KFP_HOST` (or the SDK's `KF_PIPELINES_ENDPOINT`), `KFP_TOKEN` or
   * `KFP_TOKEN_FILE` (`KF_PIPELINES_SA_TOKEN_PATH`), `KFP_NAMESPACE`, `KFP_CA_FILE`, `KFP_UI_HOST`, `KFP_METADATA_HOST`.
   *
   * @param props stand above the environment
   * @throws KfpError where no host is named; and what the constructor throws
   */
  public static fromEnvironment(
    props: Partial<KfpClientProps> = {},
    environment: Readonly<Record<string, string | undefined>> = process.env,
  ): KfpClient {
    const read = (name: keyof typeof KFP_VARIABLES) =>
      KFP_VARIABLES[name].map((variable) => environment[variable]).find((value) => value);
    const host = props.host ?? read('host');
    if (host === undefined) {
      throw kfpProblem('KFP1800', 'no server is named', 'give its URL with --host (host) or in KFP_HOST');
    }
    const file = read('tokenFile');
    return new KfpClient({
      ...props,
      host,
      token: props.token ?? read('token') ?? (file === undefined ? undefined : { file }),
      namespace: props.namespace ?? read('namespace'),
      caFile: props.caFile ?? read('caFile'),
      uiHost: props.uiHost ?? read('uiHost'),
      metadataHost: props.metadataHost ?? read('metadataHost'),
    });
  }

  /** The page of a run in KFP's UI. */
  public runUrl(runId: string): string {
    return this.page(`/#/runs/details/${encodeURIComponent(runId)}`);
  }

  /** The page of a recurring run in KFP's UI. */
  public recurringRunUrl(id: string): string {
    return this.page(`/#/recurringrun/details/${encodeURIComponent(id)}`);
  }

  /** The page of a pipeline's version in KFP's UI. */
  public versionUrl(pipelineId: string, versionId: string): string {
    return this.page(`/#/pipelines/details/${encodeURIComponent(pipelineId)}/version/${encodeURIComponent(versionId)}`);
  }

  /**
   * What a run gave: the outputs of its tasks and of the pipeline, and their metrics. The API of KFP does not tell them up to
   * 2.18; its metadata store does, by way of the UI.
   *
   * @throws KfpError also where the metadata store cannot be reached at `metadataHost`
   */
  public async outputs(runId: string, signal?: AbortSignal): Promise<KfpRunOutputs> {
    const run = await this.runs.get(runId, signal);
    const reference = run.pipeline_version_reference;
    const spec =
      run.pipeline_spec ??
      (reference?.pipeline_version_id
        ? (await this.pipelines.getVersion(reference.pipeline_id, reference.pipeline_version_id, signal)).pipeline_spec
        : undefined);
    return modules().outputsOf(run, spec, await this.parts.metadata.executions(runId, signal));
  }

  private page(path: string): string {
    return modules().below(this.parts.ui, path);
  }
}

/** Loaded when there is a client: synth has no use for it. */
function modules(): typeof import('./connect') {
  return require('./connect') as typeof import('./connect');
}
