import { Construct } from 'constructs';
import { EXPERIMENT_LABEL, pipelineManifest } from '../argo/pipeline-manifest';
import { keptForEver } from '../argo/run-settings';
import type { Parameter } from '../argo/types';
import { renderDiagnostic } from '../diagnostic';
import { contentHash } from '../graph/content-hash';
import { isDnsLabel, NAME_LIMIT } from '../graph/names';
import { callSite } from './call-site';
import type { Experiment } from './experiment';
import { Manifest } from './manifest';
import type { ArgumentsOf, Pipeline, PipelineParameters } from './pipeline';
import { afterBackend } from './platform/backend/sync-waves';
import { checkRunArguments, printRunArguments, type RunArguments } from './run-arguments';
import { overrideProblems, printOverrides } from './run-overrides';
import type { RunOverrides } from './settings/run-settings';

/** The arguments prop: required where the pipeline has a parameter without a default. */
export type RunArgumentsProp<A> = {} extends A
  ? {
      /** Values of the pipeline's parameters. @default - the parameters' defaults */
      readonly arguments?: A | undefined;
    }
  : {
      /** Values of the pipeline's parameters; those without a default are required. */
      readonly arguments: A;
    };

/** Props of {@link Run} but its arguments. */
export interface RunBaseProps<P extends PipelineParameters> extends RunOverrides {
  /** The pipeline to run. */
  readonly pipeline: Pipeline<P>;
  /**
   * The run's name.
   * @default - the pipeline's name and a hash of the pipeline and what is given here: what is run changes, so does the name
   */
  readonly name?: string | undefined;
  /**
   * False where the run's tasks reuse no results. Their new results are kept, for later runs.
   * @default true: tasks whose settings say so reuse results
   */
  readonly caching?: boolean | undefined;
  /** The experiment that the run belongs to. @default - none */
  readonly experiment?: Experiment | undefined;
}

/** Props of {@link Run}. */
export type RunProps<P extends PipelineParameters> = RunBaseProps<P> & RunArgumentsProp<ArgumentsOf<NoInfer<P>>>;

/**
 * One run of a pipeline: an Argo Workflow. Applying its manifest starts the run, applying it again changes nothing, so it
 * has a name and is never removed by a time to live, the pipeline's `retention` included: a GitOps tool would create it
 * again, and so run it again.
 */
export class Run<const P extends PipelineParameters = {}> extends Construct {
  private readonly workflow: Manifest;

  /**
   * @param scope a Chart, or any construct in one; the same namespace as the pipeline's
   * @param id the construct's id; it does not reach the cluster
   */
  public constructor(scope: Construct, id: string, props: RunProps<P>) {
    super(scope, id);
    const site = callSite(new.target);
    const pipeline = props.pipeline as unknown as Pipeline;
    const given = { ...(props.arguments as RunArguments | undefined) };
    const parametersOf = () => printRunArguments(pipeline, given, props.caching);
    this.workflow = new Manifest(this, 'Default', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      name: props.name ?? (() => contentName(pipeline, parametersOf(), printOverrides(props))),
      ...(props.experiment && { labels: { [EXPERIMENT_LABEL]: props.experiment.name } }),
      body: () => {
        const parameters = parametersOf();
        const { retention } = pipeline.graph.run ?? {};
        return {
          annotations: afterBackend(this),
          fields: {
            spec: {
              workflowTemplateRef: { name: pipeline.name },
              ...(parameters.length > 0 && { arguments: { parameters } }),
              ...printOverrides(props),
              ...(retention && { ttlStrategy: keptForEver(retention) }),
            },
          },
        };
      },
    });
    this.node.addValidation({
      validate: () => [
        ...nameProblems(props.name, NAME_LIMIT, site.at),
        ...overrideProblems(props, pipeline, site.at),
        ...checkRunArguments(pipeline, given, site.at),
      ],
    });
  }

  /** The run's name. Reading a name that is not given compiles the pipeline. */
  public get name(): string {
    return this.workflow.name;
  }
}

function contentName(pipeline: Pipeline, given: readonly Parameter[], overrides: object): string {
  const isPlain = Object.keys(overrides).length === 0;
  const { spec } = pipelineManifest(pipeline.graph);
  const hash = contentHash([spec, given, ...(isPlain ? [] : [overrides])]);
  return `${pipeline.name.slice(0, NAME_LIMIT - hash.length - 1)}-${hash}`;
}

/** What is wrong with the name of a run or a recurring run. */
export function nameProblems(name: string | undefined, limit: number, at: string | undefined): string[] {
  if (name === undefined || isDnsLabel(name, limit)) return [];
  const message = `the name '${name}' is not a DNS label of at most ${limit} characters`;
  const mend = 'use lower-case letters, digits and hyphens';
  return [renderDiagnostic({ code: 'KFP1311', message, mend, ...(at && { at }) })];
}
