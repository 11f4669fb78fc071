import { createHash } from 'node:crypto';
import type * as kubernetes from 'kubernetes-types/core/v1';
import { configMaps } from './configuration';
import type { Program } from './program';
import type { KfpSettings } from './settings';

/**
 * Has Kubernetes replace a program's pods when what they read of the backend's ConfigMaps changes: they read it when they start. A hash
 * of just that stands on them.
 */
export function configured(program: Program, settings: KfpSettings): Program {
  if (settings.parity) return program;
  const maps = new Map(configMaps(settings).map(({ name, data }) => [name, data]));
  const read = readBy(program.pod).flatMap(({ name, key }) => {
    const data = maps.get(name);
    if (data === undefined) return [];
    return key === undefined ? Object.entries(data) : [[key, data[key] ?? '']];
  });
  if (read.length === 0) return program;
  const hash = createHash('sha256').update(JSON.stringify(read)).digest('hex').slice(0, 12);
  return { ...program, podAnnotations: { ...program.podAnnotations, 'cdk8s-kfp/configuration': hash } };
}

/** The keys of ConfigMaps that a pod reads; without a key, all of one. */
function readBy({ containers, initContainers = [], volumes = [] }: kubernetes.PodSpec) {
  const variables = [...initContainers, ...containers].flatMap(({ env = [] }) => env);
  return [
    ...variables.flatMap(({ valueFrom }) => {
      const { name, key } = valueFrom?.configMapKeyRef ?? {};
      return name === undefined ? [] : [{ name, key }];
    }),
    ...volumes.flatMap(({ configMap }) =>
      configMap?.name === undefined ? [] : [{ name: configMap.name, key: undefined }],
    ),
  ];
}
