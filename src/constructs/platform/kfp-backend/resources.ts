import type { WorkloadResources } from '../backend/workload';
import { withEachContainer } from './amend';
import type { KfpProgram, Program } from './program';
import type { KfpSettings } from './settings';

/** CPU and memory of programs that upstream gives none, for a small team. */
const REQUESTS: { readonly [program in KfpProgram]?: NonNullable<WorkloadResources['requests']> } = {
  'cache-deployer-deployment': { cpu: '10m', memory: '64Mi' },
  'cache-server': { cpu: '50m', memory: '128Mi' },
  'metadata-envoy-deployment': { cpu: '20m', memory: '64Mi' },
  'metadata-grpc-deployment': { cpu: '50m', memory: '128Mi' },
  'metadata-writer': { cpu: '20m', memory: '128Mi' },
  'ml-pipeline-scheduledworkflow': { cpu: '50m', memory: '128Mi' },
  'ml-pipeline-viewer-crd': { cpu: '10m', memory: '64Mi' },
  'object-store-gateway': { cpu: '100m', memory: '256Mi' },
};

/** The most memory of each; upstream says none. */
const MEMORY: { readonly [program in KfpProgram]?: string } = {
  'cache-deployer-deployment': '256Mi',
  'cache-server': '512Mi',
  'metadata-envoy-deployment': '512Mi',
  'metadata-grpc-deployment': '1Gi',
  'metadata-writer': '512Mi',
  'ml-pipeline': '2Gi',
  'ml-pipeline-persistenceagent': '2Gi',
  'ml-pipeline-scheduledworkflow': '1Gi',
  'ml-pipeline-ui': '1Gi',
  'ml-pipeline-viewer-crd': '256Mi',
  'ml-pipeline-visualizationserver': '2Gi',
  'object-store-gateway': '2Gi',
  'workflow-controller': '2Gi',
};

/** Gives each of our programs requests and a limit of memory. */
export function withResources(program: Program, { parity }: KfpSettings): Program {
  const memory = MEMORY[program.name];
  if (parity || memory === undefined) return program;
  return withEachContainer(program, (container) => ({
    ...container,
    resources: { requests: { ...(container.resources?.requests ?? REQUESTS[program.name]) }, limits: { memory } },
  }));
}
