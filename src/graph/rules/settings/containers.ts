import type { PipelineGraph, TaskNode } from '../../graph';
import { isDnsLabel } from '../../names';
import { securityLevel } from '../../security-level';
import { type GraphTaskSettings, isRunValue, type Tree, type TreeObject } from '../../settings';
import type { Report } from '../settings';

/** Names of containers that Argo gives. */
const TAKEN: readonly unknown[] = ['main', 'init', 'wait'];

/** Containers have names and images of their own, nobody is told two things about users, and Argo expands nothing. */
export function containers(task: TaskNode, report: Report, graph: PipelineGraph): void {
  const { settings } = task;
  const names = new Set<unknown>(TAKEN);
  for (const { name, image } of [...(settings.initContainers ?? []), ...(settings.sidecars ?? [])]) {
    if (names.has(name)) {
      const what = TAKEN.includes(name) ? 'Argo’s own name of one' : 'the name of another one';
      report(`the container '${String(name)}' has ${what}`, 'rename it', 'KFP1235');
    }
    names.add(name);
    if (typeof name !== 'string' || !isDnsLabel(name)) {
      report(`'${String(name)}' is no name of a container`, 'use lower-case letters, digits and hyphens', 'KFP1235');
    }
    if (typeof image === 'string' && image.trim() === '') {
      report(`the container '${String(name)}' has no image`, 'give it an image, with a tag or a digest', 'KFP1235');
    }
  }
  if (settings.security !== undefined && !LEVELS.includes(settings.security)) {
    report(`'${settings.security}' is no level of security`, `use one of ${LEVELS.join(', ')}`);
  }
  checkUsers(task, report, graph);
  for (const [place, text] of expandable(settings)) {
    const mend = 'write a value of the run as it is: pipeline.run.name, a parameter';
    report(`the setting '${place}' holds '{{', which Argo would expand: ${text}`, mend, 'KFP1230');
  }
}

const LEVELS: readonly string[] = ['restricted', 'confined', 'none'];

/** Root cannot run where no root may: the pod would wait for ever. */
function checkUsers({ settings, component }: TaskNode, report: Report, graph: PipelineGraph): void {
  const restricted = securityLevel(settings, graph.components[component]!) === 'restricted';
  const { podSecurityContext: pod = {}, securityContext: main = {}, initContainers = [], sidecars = [] } = settings;
  const isTorn = (own: TreeObject) =>
    (own.runAsUser ?? pod.runAsUser) === 0 && (own.runAsNonRoot ?? pod.runAsNonRoot ?? restricted) === true;
  const mend = "set runAsNonRoot: false, or security: 'none', or another user";
  if (isTorn(main)) report('it is told to run as user 0, and not to run as root', mend, 'KFP1248');
  for (const { name, securityContext: own } of [...initContainers, ...sidecars]) {
    // What holds for the whole pod was said.
    if (own === undefined || !isTorn(own as TreeObject)) continue;
    report(`the container '${String(name)}' is told to run as user 0, and not to run as root`, mend, 'KFP1248');
  }
}

/** Settings that Argo looks through but nothing escapes; arguments and variables are, and patches. */
function expandable(settings: GraphTaskSettings): readonly (readonly [place: string, text: string])[] {
  const {
    env,
    initContainers,
    sidecars,
    extraPodSpec: _,
    extraContainerSpec: __,
    templateOverrides: ___,
    ...rest
  } = settings;
  const plain = {
    ...rest,
    env: env?.map((variable) => ('valueFrom' in variable ? variable.valueFrom : {})) ?? [],
    containers: [...(initContainers ?? []), ...(sidecars ?? [])].map(
      ({ env: _env, command: _command, args: _args, ...others }) => others,
    ),
  };
  return textsIn(plain as unknown as Tree, []);
}

function textsIn(tree: Tree, place: readonly string[]): readonly (readonly [string, string])[] {
  if (typeof tree === 'string') return tree.includes('{{') ? [[place.join(' '), tree]] : [];
  if (typeof tree !== 'object' || tree === null || isRunValue(tree)) return [];
  return Object.entries(tree).flatMap(([key, each]) => [
    ...(key.includes('{{') ? [[place.join(' '), key] as const] : []),
    ...textsIn(each, [...place, key]),
  ]);
}
