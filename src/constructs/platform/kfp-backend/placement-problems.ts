import { nearest } from '../../../graph/names';
import { isObjectName } from '../../../graph/rules/settings';
import type { WorkloadOptions } from '../backend/workload';
import { priorityProblems, workloadProblems } from '../backend/workload-problems';
import type { Problem } from '../problems';
import type { KfpProblem } from './problems';
import type { KfpProgram, Program } from './program';
import type { KfpSettings } from './settings';

/**
 * Why there can be one of a program only. None of these elects a leader.
 *
 * @see https://github.com/kubeflow/pipelines/tree/2.17.0/backend/src
 */
const SINGLE: { readonly [program in KfpProgram]?: string } = {
  'cache-deployer-deployment': 'two would each make the webhook’s certificate, and take away the other’s',
  'metadata-writer': 'two would write the lineage of each run twice',
  'ml-pipeline-persistenceagent': 'two would both tell the API server of each run',
  'ml-pipeline-scheduledworkflow': 'two would both start each scheduled run',
  'object-store-gateway':
    'two would each know but the parts of an upload that were sent to it, and see late what the other has written',
  'ml-pipeline-viewer-crd': 'two would both work on each viewer',
};

/** What is wrong with what is said of the programs' pods. */
export function placementProblems({ parity, props }: KfpSettings, programs: readonly Program[]): KfpProblem[] {
  if (parity) return [];
  const there = programs.map(({ name }) => name);
  return [
    ...Object.entries(props.programs ?? {}).flatMap(([name, options = {}]) => programProblems(name, options, there)),
    ...priorityProblems('backend', props.priorityClassName),
    ...pullSecretProblems('`images.pullSecrets`', props.images?.pullSecrets),
  ].map((each) => ({ ...each, code: 'KFP1740' }));
}

function programProblems(name: string, options: WorkloadOptions, there: readonly string[]): Problem[] {
  if (!there.includes(name)) {
    const meant = nearest(name, there);
    return [
      {
        message: `\`programs\` names '${name}', which this backend does not have`,
        mend: meant === undefined ? `it has ${there.join(', ')}` : `'${meant}' is meant? It has ${there.join(', ')}`,
      },
    ];
  }
  const why = Object.hasOwn(SINGLE, name) ? SINGLE[name as KfpProgram] : undefined;
  const { replicas = 1 } = options;
  return [
    ...workloadProblems(`programs['${name}']`, options, `program '${name}'`),
    ...(why !== undefined && replicas > 1
      ? [{ message: `there can be one '${name}' only: ${why}`, mend: 'leave out `replicas` of it' }]
      : []),
  ];
}

/**
 * Names of Secrets that are none.
 *
 * @param what where they stand
 */
export function pullSecretProblems(what: string, secrets: unknown): Problem[] {
  if (secrets === undefined) return [];
  const isName = (each: unknown) => {
    const name = typeof each === 'string' ? each : (each as { readonly name?: unknown } | null)?.name;
    return isObjectName(name);
  };
  if (Array.isArray(secrets) && secrets.every(isName)) return [];
  return [{ message: `${what} names what is no Secret`, mend: "give a list of names: ['registry-credentials']" }];
}
