import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { allTasks, type PipelineGraph, pipelinesOf, type TaskNode } from '../../graph';
import { isDnsLabel } from '../../names';
import { once } from '../../once';
import { amountOf } from '../../quantity';
import { type GraphVolume, holdsRunValue, isRunValue, type Tree, type TreeObject } from '../../settings';
import type { Report } from '../settings';
import { checkObject } from './environment';

/** What the library and Argo mount themselves. */
const TAKEN = ['/kfp', '/argo', '/var/run/argo', '/tmp/argo'];

/** Mounts do not hide each other, nor what the engine needs; claims ask for what storage can give. */
export function volumes({ settings }: TaskNode, report: Report, graph: PipelineGraph): void {
  const paths = new Map<string, string>();
  for (const { path } of settings.mounts ?? []) {
    const normal = posix.normalize(path).replace(/(?<=.)\/$/, '');
    const other = paths.get(normal);
    paths.set(normal, path);
    if (other !== undefined) {
      report(`two volumes are mounted at '${normal}' ('${other}' and '${path}')`, 'mount one elsewhere', 'KFP1244');
    }
    if (!path.startsWith('/') || normal === '/' || path.includes(':')) {
      report(`'${path}' is no path to mount a volume at`, 'give an absolute path below the root', 'KFP1244');
    }
    const taken = TAKEN.find((each) => normal === each || normal.startsWith(`${each}/`));
    if (taken !== undefined) {
      report(`a volume at '${path}' would hide what the engine puts below ${taken}`, 'mount it elsewhere', 'KFP1244');
    }
  }
  for (const volume of settings.volumes ?? []) checkVolume(volume, report, graph);
}

function checkVolume({ name, source, claim }: GraphVolume, report: Report, graph: PipelineGraph): void {
  if (!isDnsLabel(name)) report(`'${name}' is no name of a volume`, 'use lower-case letters, digits and hyphens');
  const of = source as { readonly [kind: string]: TreeObject | undefined } | undefined;
  if (of?.persistentVolumeClaim) checkObject('claim', of.persistentVolumeClaim.claimName, report);
  if (of?.secret) checkObject('Secret', of.secret.secretName, report);
  if (of?.configMap) checkObject('ConfigMap', of.configMap.name, report);
  if (of?.emptyDir) checkSize(of.emptyDir.sizeLimit, report);
  const { volumeClaimTemplate } = (of?.ephemeral ?? {}) as { readonly [key: string]: TreeObject | undefined };
  const spec = claim ?? (volumeClaimTemplate?.spec as TreeObject | undefined);
  if (!spec) return;
  const { requests } = spec.resources as { readonly requests: TreeObject };
  checkSize(requests.storage, report);
  if (!claim) return;
  if (holdsRunValue(claim)) {
    const mend = 'write them out: claims of a run are made before anything runs';
    report(`the run's volume '${name}' asks for values of the run`, mend, 'KFP1236');
  }
  if (claimsOf(graph).get(name)!.length > 1) {
    const mend = 'give them different names, or ask for the same';
    report(`there are several volumes '${name}' of the run, which ask for different things`, mend, 'KFP1237');
  }
}

function checkSize(size: Tree | undefined, report: Report): void {
  if (size === undefined || isRunValue(size) || (typeof size === 'string' && amountOf(size) !== undefined)) return;
  report(`'${String(size)}' is no size of a volume`, "write it as Kubernetes does: '8Gi'");
}

/** The different things that the run's volumes ask for, by name: those of called pipelines are volumes of the same run. */
const claimsOf = once((graph: PipelineGraph): ReadonlyMap<string, readonly TreeObject[]> => {
  const claims = new Map<string, TreeObject[]>();
  for (const task of pipelinesOf(graph).flatMap(allTasks)) {
    for (const { name, claim } of task.settings.volumes ?? []) {
      if (!claim) continue;
      const known = claims.get(name) ?? [];
      if (!known.some((other) => isDeepStrictEqual(other, claim))) claims.set(name, [...known, claim]);
    }
  }
  return claims;
});
