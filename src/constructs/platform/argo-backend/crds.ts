/** A CustomResourceDefinition of Argo's. */
export interface ArgoCrd {
  readonly name: string;
  readonly spec: Record<string, unknown>;
}

interface Kind {
  readonly kind: string;
  readonly shortNames?: readonly string[];
  readonly scope?: 'Cluster';
  /** What the object has besides its spec, or instead. */
  readonly fields?: readonly string[];
  /** True where a program writes its status apart from its spec. */
  readonly status?: true;
}

const KINDS: readonly Kind[] = [
  { kind: 'ClusterWorkflowTemplate', shortNames: ['clusterwftmpl', 'cwft'], scope: 'Cluster' },
  { kind: 'CronWorkflow', shortNames: ['cwf', 'cronwf'], fields: ['spec', 'status'] },
  { kind: 'Workflow', shortNames: ['wf'], fields: ['spec', 'status'] },
  { kind: 'WorkflowArtifactGCTask', shortNames: ['wfat'], fields: ['spec', 'status'], status: true },
  { kind: 'WorkflowEventBinding', shortNames: ['wfeb'] },
  { kind: 'WorkflowTaskResult', fields: ['message', 'outputs', 'phase', 'progress'] },
  { kind: 'WorkflowTaskSet', shortNames: ['wfts'], fields: ['spec', 'status'], status: true },
  { kind: 'WorkflowTemplate', shortNames: ['wftmpl'] },
];

const WORKFLOW_COLUMNS = [
  { name: 'Status', type: 'string', jsonPath: '.status.phase', description: 'How the workflow is doing' },
  { name: 'Age', type: 'date', jsonPath: '.status.startedAt', description: 'When it was started' },
  { name: 'Message', type: 'string', jsonPath: '.status.message', description: 'Why it is as it is' },
];

/**
 * The definitions of Argo's kinds, without schemas for what is inside of them: under 2 kB each, where Argo's full ones are above
 * 1 MB and can be applied by the server alone. Argo checks its objects itself, and synth does so before.
 */
export function argoCrds(): readonly ArgoCrd[] {
  return KINDS.map(({ kind, shortNames, scope = 'Namespaced', fields = ['spec'], status }) => {
    const singular = kind.toLowerCase();
    const plural = `${singular}s`;
    return {
      name: `${plural}.argoproj.io`,
      spec: {
        group: 'argoproj.io',
        names: { kind, listKind: `${kind}List`, plural, singular, ...(shortNames && { shortNames: [...shortNames] }) },
        scope,
        versions: [
          {
            name: 'v1alpha1',
            served: true,
            storage: true,
            ...(status && { subresources: { status: {} } }),
            ...(kind === 'Workflow' && { additionalPrinterColumns: WORKFLOW_COLUMNS.map((column) => ({ ...column })) }),
            schema: { openAPIV3Schema: schemaOf(fields) },
          },
        ],
      },
    };
  });
}

function schemaOf(fields: readonly string[]): Record<string, unknown> {
  const isText = (field: string) => field === 'message' || field === 'phase' || field === 'progress';
  return {
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...Object.fromEntries(
        fields.map((field) => [
          field,
          isText(field) ? { type: 'string' } : { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        ]),
      ),
    },
    required: ['metadata', ...(fields.includes('spec') ? ['spec'] : [])],
  };
}
