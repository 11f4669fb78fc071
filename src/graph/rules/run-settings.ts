import type { Diagnostic } from '../../diagnostic';
import { allTasks, type PipelineGraph, pipelinesOf } from '../graph';
import type { GraphRunSettings } from '../run-settings';
import { isRunValue, runValuesOf, type Text } from '../settings';
import { subexpressions } from '../walk';

type Report = (message: string, mend: string, code?: string) => void;

const POD_RETENTIONS: readonly string[] = [
  'OnPodSuccess',
  'OnPodCompletion',
  'OnWorkflowSuccess',
  'OnWorkflowCompletion',
  'Never',
];

const OBJECT_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const QUALIFIED_NAME =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/;
/** The library's own, and Argo's. */
const RESERVED = /^(cdk8s-kfp|([\w-]+\.)*argoproj\.io)\//;
const WHOLE_SECONDS = 'give whole seconds';

/** What runs ask of Argo as a whole is such that Argo takes it, and is known when a run begins. */
export function runSettings(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (message, mend, code = 'KFP1280') =>
    diagnostics.push({ code, path: graph.path, message, mend });
  const { run } = graph;
  if (!run) return [];
  if (!graph.standalone) {
    diagnostics.push({
      code: 'KFP1281',
      path: graph.path,
      message: `${Object.keys(run).join(', ')}: settings of runs, and the pipeline is never run by itself`,
      mend: 'give them to the pipelines that call it: called pipelines are part of the caller’s run',
      severity: 'warning',
    });
  }
  times(run, report);
  pods(run, report);
  metadata(run, report);
  for (const { value, place } of runValuesOf(run)) {
    const early = subexpressions(value.expression).find(
      (part) =>
        !['parameter', 'run', 'literal', 'text', 'field', 'compare', 'and', 'or', 'not', 'in'].includes(part.kind),
    );
    if (early || subexpressions(value.expression).some((part) => part.kind === 'run' && part.field === 'finalStatus')) {
      report(
        `the run's setting '${place}' reads what is known only when the run has begun`,
        'build it from parameters and facts of the run: its name, its id, when it was created',
      );
    }
  }
  if (run.archiveLogs && graph.artifactRepository.kind === 'none') {
    report(
      'the logs are archived, and the pipeline has no artifact repository',
      'name the artifact repository, or leave archiveLogs out',
      'KFP1284',
    );
  }
  return diagnostics;
}

/**
 * No run waits for itself: what it holds as a whole, none of its tasks waits for. Looked for in called pipelines too, whose
 * tasks are part of the run.
 */
export function locks(graph: PipelineGraph): readonly Diagnostic[] {
  const { mutexes = [], semaphores = [] } = graph.run ?? {};
  const held = new Set([...mutexes.map(lockOf), ...semaphores.map(({ name, key }) => `${name}/${key}`)]);
  if (held.size === 0) return [];
  return pipelinesOf(graph).flatMap((pipeline) =>
    allTasks(pipeline).flatMap(({ path, settings }): Diagnostic[] => {
      // Parameters of a called pipeline have values of their own.
      const names = (settings.mutexes ?? []).filter((name) => pipeline === graph || !isRunValue(name));
      const waited = [
        ...names.map((name) => [lockOf(name), 'mutex'] as const),
        ...(settings.semaphores ?? []).map(({ name, key }) => [`${name}/${key}`, 'semaphore'] as const),
      ];
      return waited
        .filter(([lock]) => held.has(lock))
        .map(([lock, kind]) => ({
          code: 'KFP1282',
          path,
          message: `waits for the ${kind} ${lock.startsWith('{') ? 'of the same name' : lock}, which its run holds until it has ended`,
          mend: 'name it in one of the two places: the pipeline’s, or the task’s settings',
        }));
    }),
  );
}

/** A lock by its name, or by what makes its name. */
function lockOf(name: Text): string {
  return isRunValue(name) ? JSON.stringify(name.expression) : `'${name}'`;
}

function times({ timeoutSeconds, retention, podRetention }: GraphRunSettings, report: Report): void {
  if (timeoutSeconds !== undefined && !isSeconds(timeoutSeconds)) {
    report(`the run's timeout of ${timeoutSeconds} s is not a whole number of seconds`, `${WHOLE_SECONDS}, from 1`);
  }
  const kept = [
    ['retention', retention?.afterSeconds],
    ['retention after success', retention?.afterSuccessSeconds],
    ['retention after failure', retention?.afterFailureSeconds],
    ['delay of the pods’ retention', podRetention?.delaySeconds],
  ] as const;
  for (const [what, seconds] of kept) {
    if (seconds === undefined || seconds === 0 || isSeconds(seconds)) continue;
    report(`the ${what} of ${seconds} s is not a whole number of seconds`, `${WHOLE_SECONDS}, 68 years at most`);
  }
  const { strategy } = podRetention ?? {};
  if (strategy !== undefined && !POD_RETENTIONS.includes(strategy)) {
    report(`'${strategy}' is no retention of pods`, `use one of ${POD_RETENTIONS.join(', ')}`);
  }
}

function pods(run: GraphRunSettings, report: Report): void {
  const { parallelism, priority, podDisruptionBudget: budget, imagePullSecrets = [], semaphores = [] } = run;
  if (parallelism !== undefined && !(Number.isInteger(parallelism) && parallelism >= 1)) {
    report(`the run's parallelism is ${parallelism}`, 'give a whole number from 1, or leave it out for no limit');
  }
  if (priority !== undefined && !isPriority(priority)) {
    report(`the run's priority is ${priority}`, 'give a whole number of 32 bits');
  }
  if (budget) {
    const given = Object.values(budget);
    if (given.length !== 1) {
      report(
        'the disruption budget says both or neither of minAvailable and maxUnavailable',
        'give one of them: Kubernetes takes no other',
      );
    }
    for (const amount of given) {
      if (typeof amount === 'number' ? Number.isInteger(amount) && amount >= 0 : /^(100|\d{1,2})%$/.test(amount))
        continue;
      report(`'${amount}' is no number of pods`, "give a whole number, or a percentage such as '50%'");
    }
  }
  for (const name of imagePullSecrets) {
    if (!OBJECT_NAME.test(name)) {
      report(`'${name}' cannot be the name of a Secret`, 'use lower-case letters, digits, hyphens and dots');
    }
  }
  for (const { name, key } of semaphores) {
    if (OBJECT_NAME.test(name) && /^[-\w.]+$/.test(key)) continue;
    report(
      `'${name}' with the key '${key}' is no semaphore`,
      'give a Semaphore, or the name and the key of a ConfigMap',
    );
  }
  if (JSON.stringify(run.dnsConfig ?? {}).includes('{{')) {
    report('the dnsConfig holds `{{`, which Argo would expand', 'leave it out');
  }
  for (const name of run.mutexes ?? []) {
    if (name === '' || (typeof name === 'string' && name.includes('{{'))) {
      report(`'${name}' cannot be the name of a mutex`, 'give it a name; Argo would expand `{{`');
    }
  }
}

function metadata({ labels = {}, annotations = {} }: GraphRunSettings, report: Report): void {
  for (const [what, given] of [
    ['label', labels],
    ['annotation', annotations],
  ] as const) {
    for (const [key, value] of Object.entries(given)) {
      if (!QUALIFIED_NAME.test(key)) {
        report(`'${key}' cannot be a ${what} of runs`, 'use a name as Kubernetes has it: example.com/team', 'KFP1283');
      } else if (RESERVED.test(key)) {
        report(`the ${what} '${key}' of runs is the library’s or Argo’s own`, 'use a prefix of your own', 'KFP1283');
      } else if (typeof value === 'string' && what === 'label' && !LABEL_VALUE.test(value)) {
        report(
          `'${value}' cannot be the value of the label '${key}' of runs`,
          'use at most 63 letters, digits, hyphens, underscores and dots, or an annotation',
          'KFP1283',
        );
      } else if (typeof value === 'string' && value.includes('{{')) {
        report(`the ${what} '${key}' of runs holds '{{', which Argo would expand`, 'leave it out', 'KFP1283');
      }
    }
  }
}

/** A time that Argo's fields hold: 32 bits of seconds. */
export function isSeconds(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds < 2 ** 31;
}

/** A number that Argo's field holds. */
export function isPriority(priority: number): boolean {
  return Number.isInteger(priority) && priority >= -(2 ** 31) && priority < 2 ** 31;
}
