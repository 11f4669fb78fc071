import type * as types from '../values/types';

/** The type of an artifact port of a component that is declared in TypeScript. */
export class ArtifactType<out T> {
  /** Only for the compiler. */
  declare public readonly typed?: T;

  /**
   * @param schemaTitle KFP's schema title, such as `system.Dataset`
   */
  public constructor(public readonly schemaTitle: `${string}.${string}`) {}
}

/** KFP's generic artifact: fits every artifact input, and an input of this type accepts every artifact. */
export const Artifact = new ArtifactType<types.Artifact>('system.Artifact');
/** A data set. */
export const Dataset = new ArtifactType<types.Dataset>('system.Dataset');
/** A model. */
export const Model = new ArtifactType<types.Model>('system.Model');
/** Scalar metrics. */
export const Metrics = new ArtifactType<types.Metrics>('system.Metrics');
/** Confusion matrix and ROC curve. */
export const ClassificationMetrics = new ArtifactType<types.ClassificationMetrics>('system.ClassificationMetrics');
/** Classification metrics by slice. */
export const SlicedClassificationMetrics = new ArtifactType<types.SlicedClassificationMetrics>(
  'system.SlicedClassificationMetrics',
);
/** An HTML report. */
export const HTML = new ArtifactType<types.HTML>('system.HTML');
/** A Markdown report. */
export const Markdown = new ArtifactType<types.Markdown>('system.Markdown');

/** KFP's generic artifact. */
export type Artifact = types.Artifact;
/** A data set. */
export type Dataset = types.Dataset;
/** A model. */
export type Model = types.Model;
/** Scalar metrics; `N` are the names of the metrics, where they are known. */
export type Metrics<N extends string = string> = types.Metrics<N>;
/** Confusion matrix and ROC curve. */
export type ClassificationMetrics<N extends string = string> = types.ClassificationMetrics<N>;
/** Classification metrics by slice. */
export type SlicedClassificationMetrics = types.SlicedClassificationMetrics;
/** An HTML report. */
export type HTML = types.HTML;
/** A Markdown report. */
export type Markdown = types.Markdown;
