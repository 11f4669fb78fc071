import type { Any } from '../pods/merge';

export type { Any };

/** A pod template, and whose it is. */
export interface Template {
  readonly of: string;
  readonly namespace: string | undefined;
  readonly metadata: Any;
  readonly spec: Any;
}

/** The pod templates among objects of Kubernetes' kinds. */
export function templatesIn(objects: readonly Any[]): Template[] {
  return objects.flatMap((object) => {
    const template = templateOf(object);
    if (template === undefined) return [];
    const { namespace } = object.metadata;
    return [{ of: nameOf(object), namespace, metadata: template.metadata ?? {}, spec: template.spec }];
  });
}

function templateOf({ kind, metadata, spec }: Any): Any {
  if (kind === 'Pod') return { metadata, spec };
  if (kind === 'CronJob') return spec.jobTemplate.spec.template;
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind) ? spec.template : undefined;
}

/** The containers of a template, those that come first included. */
export function containersOf({ spec }: Template): Any[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

/** An object as complaints name it. */
export function nameOf({ kind, metadata }: Any): string {
  return `${kind} ${metadata.name}`;
}

/** Whether an object of a kind, a name and a namespace is there. */
export function isThere(objects: readonly Any[], kind: string, name: string, namespace?: string): boolean {
  return objects.some(
    (each) => each.kind === kind && each.metadata.name === name && each.metadata.namespace === namespace,
  );
}

/** Whether labels are among those that a selector wants. */
export function isSelected(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>> = {}) {
  return Object.entries(selector).every(([label, value]) => labels[label] === value);
}
