import type { PolicyRule } from '../components/definition';

/** What the account must be allowed as which Argo's pods remove artifacts. */
export const ARTIFACT_GC: readonly PolicyRule[] = [
  { apiGroups: ['argoproj.io'], resources: ['workflowartifactgctasks'], verbs: ['list', 'watch'] },
  { apiGroups: ['argoproj.io'], resources: ['workflowartifactgctasks/status'], verbs: ['patch'] },
];
