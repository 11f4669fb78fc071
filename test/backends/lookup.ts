import type { Any } from './objects';

/** The objects of a kind; of one name, where it is given. */
export function of(objects: readonly Any[], kind: string, name?: string): Any[] {
  return objects.filter((each) => each.kind === kind && (name === undefined || each.metadata.name === name));
}

/** The one object of a kind and a name. */
export function one(objects: readonly Any[], kind: string, name: string): Any {
  const [found, ...others] = of(objects, kind, name);
  if (found === undefined || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} ${kind} ${name}`);
  return found;
}

/** The pod template of a program. */
export function templateOf(objects: readonly Any[], program: string): Any {
  return one(objects, 'Deployment', program).spec.template;
}

/** The pod of a program. */
export function podOf(objects: readonly Any[], program: string): Any {
  return templateOf(objects, program).spec;
}

/** The first container of a program, which is the program. */
export function containerOf(objects: readonly Any[], program: string): Any {
  return podOf(objects, program).containers[0];
}
