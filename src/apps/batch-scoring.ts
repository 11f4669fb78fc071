import { Chart, Cron, Duration } from 'cdk8s';
import {
  Approval,
  Dataset,
  ExitHandler,
  If,
  type IRunner,
  int,
  listOf,
  Model,
  OnExit,
  optional,
  ParallelFor,
  Pipeline,
  RecurringRun,
  SubPipeline,
  str,
  Task,
  text,
} from 'cdk8s-kfp';
import type { Construct } from 'constructs';
import {
  fetchModel,
  listPartitions,
  notify,
  publishScores,
  readPartition,
  scoreRows,
  summarise,
} from '../../imports/batch';

/** Props of {@link BatchScoring}. */
export interface BatchScoringProps {
  /** Who the pods run as. */
  readonly runner: IRunner;
}

/** Score all partitions of a day, report, and publish what a person has approved; every night. */
export class BatchScoring extends Chart {
  public constructor(scope: Construct, id: string, props: BatchScoringProps) {
    super(scope, id, { namespace: 'ml' });
    const scorePartition = this.scorePartition();

    const pipeline = new Pipeline(this, 'batch-scoring', {
      displayName: 'Batch scoring',
      description: 'Score all partitions of a day, publish once approved',
      parameters: {
        day: optional(str(undefined, { description: 'The day to score. By default, yesterday.' })),
        regions: listOf(str(), ['amer', 'apac', 'emea', 'latam']),
      },
      runner: props.runner,
    });
    const { day, regions } = pipeline.parameters;

    const fetch = new Task(pipeline, 'fetch-model', { component: fetchModel });
    const list = new Task(pipeline, 'list', {
      component: listPartitions,
      inputs: { day, regions, run_created: pipeline.run.creationTime },
    });

    const partitions = new ParallelFor(pipeline, 'partitions', {
      items: list.outputs.partitions,
      item: { name: str(), first_row: int(), rows: int() },
      parallelism: 3,
    });
    const { name, first_row, rows } = partitions.item;
    const filled = new If(partitions, 'filled', { condition: rows.gt(0) });
    const scoring = new ExitHandler(filled, 'scoring');
    const score = new SubPipeline(scoring, 'score', {
      pipeline: scorePartition,
      inputs: { partition: name, first_row, rows, model: fetch.outputs.model },
    });
    new OnExit(scoring, 'notify', {
      component: notify,
      inputs: { subject: text`Partition ${name}` },
    });

    const scores = partitions.collect(score.outputs.scores);
    const summary = new Task(pipeline, 'summarise', {
      component: summarise,
      inputs: { day: list.outputs.day, partitions: list.outputs.partitions, scores },
    });
    const approval = new Approval(pipeline, 'release', {
      message: text`Publish ${summary.outputs.rows} scores of ${list.outputs.day}? The least mean confidence is ${summary.outputs.least_confidence}.`,
      timeout: Duration.hours(8),
    });
    new Task(pipeline, 'publish', { component: publishScores, inputs: { day: list.outputs.day, scores } }).after(
      approval,
    );

    new RecurringRun(this, 'nightly-scoring', {
      pipeline,
      schedule: Cron.schedule({ hour: '3', minute: '0' }),
      timezone: 'Europe/Berlin',
    });
  }

  /** Reads and scores one partition. */
  private scorePartition() {
    const pipeline = new Pipeline(this, 'score-partition', {
      standalone: false,
      parameters: { partition: str(), first_row: int(), rows: int(), model: Model },
      outputs: { scores: Dataset },
    });
    const { model, ...partition } = pipeline.parameters;
    const read = new Task(pipeline, 'read', { component: readPartition, inputs: partition });
    const score = new Task(pipeline, 'score', { component: scoreRows, inputs: { data: read.outputs.data, model } });
    return pipeline.returns({ scores: score.outputs.scores });
  }
}
