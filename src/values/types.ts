/**
 * The types of values that exist only while a pipeline runs. They are names for the compiler: no object of them exists.
 */

/** A floating-point number (KFP's NUMBER_DOUBLE, Python's `float`). */
export interface Float {
  readonly number: 'int' | 'float';
}

/** A whole number (KFP's NUMBER_INTEGER, Python's `int`). It goes wherever a {@link Float} is accepted. */
export interface Int extends Float {
  readonly number: 'int';
}

/** A list of anything (KFP's LIST). */
export type List = readonly unknown[];

/** A dict of anything (KFP's STRUCT). */
export interface Struct {
  readonly [key: string]: unknown;
}

/** An artifact of whatever type: what an input annotated `Input[Artifact]` accepts. */
export interface AnyArtifact {
  readonly schemaTitle: string;
}

/** KFP's generic `Artifact` (`system.Artifact`). It fits every artifact input, as in KFP. */
export interface Artifact {
  readonly schemaTitle: 'system.Artifact';
}

/** A data set (`system.Dataset`). */
export interface Dataset {
  readonly schemaTitle: 'system.Dataset';
}

/** A model (`system.Model`). */
export interface Model {
  readonly schemaTitle: 'system.Model';
}

/** Scalar metrics (`system.Metrics`). `N` are the names of the metrics, where they are known. */
export interface Metrics<out N extends string = string> {
  readonly schemaTitle: 'system.Metrics';
  readonly metric: N;
}

/** Confusion matrix and ROC curve of a classifier (`system.ClassificationMetrics`). */
export interface ClassificationMetrics<out N extends string = string> {
  readonly schemaTitle: 'system.ClassificationMetrics';
  readonly metric: N;
}

/** Classification metrics by slice of the data (`system.SlicedClassificationMetrics`). */
export interface SlicedClassificationMetrics {
  readonly schemaTitle: 'system.SlicedClassificationMetrics';
}

/** An HTML report (`system.HTML`). */
export interface HTML {
  readonly schemaTitle: 'system.HTML';
}

/** A Markdown report (`system.Markdown`). */
export interface Markdown {
  readonly schemaTitle: 'system.Markdown';
}

/** An artifact type of Google Cloud Pipeline Components, by its schema title (`google.VertexModel`). */
export interface GoogleArtifact<T extends string> {
  readonly schemaTitle: T;
}
