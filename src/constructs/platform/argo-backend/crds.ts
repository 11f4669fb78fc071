import { type Crd, type CrdKind, minimalCrd } from '../backend/minimal-crd';

const TEXT = { type: 'string' };
const SPEC = { spec: undefined };
const SPEC_AND_STATUS = { spec: undefined, status: undefined };

const KINDS: readonly Pick<CrdKind, 'kind' | 'shortNames' | 'scope' | 'fields' | 'status'>[] = [
  { kind: 'ClusterWorkflowTemplate', shortNames: ['clusterwftmpl', 'cwft'], scope: 'Cluster', fields: SPEC },
  { kind: 'CronWorkflow', shortNames: ['cwf', 'cronwf'], fields: SPEC_AND_STATUS },
  { kind: 'Workflow', shortNames: ['wf'], fields: SPEC_AND_STATUS },
  { kind: 'WorkflowArtifactGCTask', shortNames: ['wfat'], fields: SPEC_AND_STATUS, status: true },
  { kind: 'WorkflowEventBinding', shortNames: ['wfeb'], fields: SPEC },
  { kind: 'WorkflowTaskResult', fields: { message: TEXT, outputs: undefined, phase: TEXT, progress: TEXT } },
  { kind: 'WorkflowTaskSet', shortNames: ['wfts'], fields: SPEC_AND_STATUS, status: true },
  { kind: 'WorkflowTemplate', shortNames: ['wftmpl'], fields: SPEC },
];

const WORKFLOW_COLUMNS = [
  { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'How the workflow is doing' },
  {
    name: 'Age',
    type: 'date',
    format: 'date-time',
    jsonPath: '.status.startedAt',
    description: 'When it was started',
  },
  { name: 'Message', type: 'string', jsonPath: '.status.message', description: 'Why it is as it is' },
];

/** The definitions of Argo's kinds. Argo checks its objects itself, and synth does so before. */
export function argoCrds(): readonly Crd[] {
  return KINDS.map((each) =>
    minimalCrd({
      ...each,
      group: 'argoproj.io',
      version: 'v1alpha1',
      required: ['metadata', ...('spec' in each.fields ? ['spec'] : [])],
      ...(each.kind === 'Workflow' && { columns: WORKFLOW_COLUMNS }),
    }),
  );
}
