import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { EXPERIMENT_LABEL } from '../argo/pipeline-manifest';
import { ownTimeToLive } from '../argo/run-settings';
import { semaphoreReference } from '../argo/synchronization';
import { renderDiagnostic } from '../diagnostic';
import { CRON_NAME_LIMIT, kebab } from '../graph/names';
import { callSite } from './call-site';
import { cronExpression } from './cron-expression';
import type { Experiment } from './experiment';
import { Manifest } from './manifest';
import type { ArgumentsOf, Pipeline, PipelineParameters } from './pipeline';
import { nameProblems, type RunArgumentsProp } from './run';
import { checkRunArguments, printRunArguments, type RunArguments } from './run-arguments';
import { overrideProblems, printOverrides } from './run-overrides';
import { lowerRetention, type Retention, type RunOverrides } from './settings/run-settings';

/** cdk8s' `Cron`, or anything that has a cron expression. */
export interface ICron {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly expressionString: string;
}

/** Props of {@link RecurringRun} but its arguments. */
export interface RecurringRunBaseProps<P extends PipelineParameters> extends RunOverrides {
  /** The pipeline to run. */
  readonly pipeline: Pipeline<P>;
  /**
   * When to run: one schedule or several. A `Cron`, or text of five fields; KFP's six fields are taken where the seconds
   * are 0, and `@every 10m`, `@daily` and the like as they are.
   */
  readonly schedule: ICron | string | readonly (ICron | string)[];
  /** The recurring run's name, at most 52 characters. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
  /** The time zone of the schedule, such as `Europe/Berlin`. @default - the controller's, mostly UTC */
  readonly timezone?: string | undefined;
  /**
   * How many of its runs may be active at once. With 1, a run that is due while one is active is skipped; with more, it
   * waits until one has ended.
   * @default 1
   */
  readonly maxConcurrency?: number | undefined;
  /**
   * How late a run may start that was missed, because the controller was down. At most one missed run is started.
   * @default - missed runs are not started
   */
  readonly catchUpWindow?: Duration | undefined;
  /** How many finished runs are kept. @default - 3 successful and 3 failed ones */
  readonly history?: { readonly successful?: number | undefined; readonly failed?: number | undefined } | undefined;
  /** How long finished runs are kept, at most. @default - the pipeline's; and until the history is longer than its limit */
  readonly retention?: Duration | Retention | undefined;
  /** True where no run shall start until this is taken back. @default false */
  readonly suspend?: boolean | undefined;
  /**
   * False where the runs' tasks reuse no results. Their new results are kept, for later runs.
   * @default true: tasks whose settings say so reuse results
   */
  readonly caching?: boolean | undefined;
  /** The experiment that the runs belong to. @default - none */
  readonly experiment?: Experiment | undefined;
}

/** Props of {@link RecurringRun}. */
export type RecurringRunProps<P extends PipelineParameters> = RecurringRunBaseProps<P> &
  RunArgumentsProp<ArgumentsOf<NoInfer<P>>>;

/**
 * Runs of a pipeline on a schedule: an Argo CronWorkflow.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/cron-workflows/
 */
export class RecurringRun<const P extends PipelineParameters = {}> extends Construct {
  /** The CronWorkflow's name. */
  public readonly name: string;

  /**
   * @param scope a Chart, or any construct in one; the same namespace as the pipeline's
   * @param id names the recurring run
   */
  public constructor(scope: Construct, id: string, props: RecurringRunProps<P>) {
    super(scope, id);
    const site = callSite(new.target);
    const name = props.name ?? kebab(id);
    this.name = name;
    const pipeline = props.pipeline as unknown as Pipeline;
    const given = { ...(props.arguments as RunArguments | undefined) };
    const schedules = [props.schedule].flat().map(cronExpression);
    const { maxConcurrency = 1 } = props;
    const places = { name: semaphoreName(name), key: 'runs' };
    new Manifest(this, 'Default', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'CronWorkflow',
      name,
      body: () => {
        const parameters = printRunArguments(pipeline, given, props.caching);
        return {
          fields: {
            spec: {
              schedules: schedules.map(({ text }) => text),
              ...(props.timezone !== undefined && { timezone: props.timezone }),
              concurrencyPolicy: maxConcurrency === 1 ? 'Forbid' : 'Allow',
              startingDeadlineSeconds: Math.ceil(props.catchUpWindow?.toSeconds({ integral: false }) ?? 0),
              successfulJobsHistoryLimit: props.history?.successful ?? 3,
              failedJobsHistoryLimit: props.history?.failed ?? 3,
              ...(props.suspend && { suspend: true }),
              ...(props.experiment && { workflowMetadata: { labels: { [EXPERIMENT_LABEL]: props.experiment.name } } }),
              workflowSpec: {
                workflowTemplateRef: { name: pipeline.name },
                ...(parameters.length > 0 && { arguments: { parameters } }),
                ...printOverrides(props),
                ...(props.retention && {
                  ttlStrategy: ownTimeToLive(lowerRetention(props.retention), pipeline.graph.run?.retention),
                }),
                // A list of a run's own stands for the template's.
                ...(maxConcurrency > 1 && {
                  synchronization: {
                    semaphores: [...(pipeline.graph.run?.semaphores ?? []), places].map(semaphoreReference),
                  },
                }),
              },
            },
          },
        };
      },
    });
    if (maxConcurrency > 1) {
      // Argo has no such policy of its own: runs take a place of a semaphore, and wait where none is free.
      new Manifest(this, 'Semaphore', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: semaphoreName(name),
        body: () => ({ fields: { data: { runs: String(maxConcurrency) } } }),
      });
    }
    const wrong = schedules.flatMap(({ problem }) => (problem ? [{ code: 'KFP1312', ...problem }] : []));
    if (!Number.isInteger(maxConcurrency) || maxConcurrency < 1) {
      const message = `maxConcurrency is ${maxConcurrency}`;
      wrong.push({ code: 'KFP1313', message, mend: 'give a whole number from 1' });
    }
    this.node.addValidation({
      validate: () => [
        ...wrong.map((problem) => renderDiagnostic({ ...problem, ...(site.at && { at: site.at }) })),
        ...nameProblems(name, CRON_NAME_LIMIT, site.at),
        ...overrideProblems(props, pipeline, site.at),
        ...checkRunArguments(pipeline, given, site.at),
      ],
    });
  }
}

function semaphoreName(name: string): string {
  return `${name}-semaphore`;
}
