/** KFP's own classes of artifacts, each of which has the schema title `system.<name>`. */
export const SYSTEM_ARTIFACTS: readonly string[] = [
  'Artifact',
  'Dataset',
  'Model',
  'Metrics',
  'ClassificationMetrics',
  'SlicedClassificationMetrics',
  'HTML',
  'Markdown',
];
