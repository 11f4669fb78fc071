import { type Any, containersOf, isSelected, nameOf, templatesIn } from './objects';

/** What is wrong with how Services and Deployments find pods: each finds those of one program, and a port that is there. */
export function serviceComplaints(objects: readonly Any[]): string[] {
  const templates = templatesIn(objects);
  const owners = objects.filter(({ spec }) => spec?.template && spec.selector?.matchLabels);
  const selected = (selector: Any, namespace: string | undefined) =>
    templates.filter((each) => each.namespace === namespace && isSelected(selector, each.metadata.labels));
  return [
    ...owners.flatMap((owner) => {
      const found = selected(owner.spec.selector.matchLabels, owner.metadata.namespace).map(({ of }) => of);
      return found.length === 1 && found[0] === nameOf(owner) ? [] : [`${nameOf(owner)}: selects ${list(found)}`];
    }),
    ...objects
      .filter(({ kind }) => kind === 'Service')
      .flatMap((service) => {
        const [template, ...others] = selected(service.spec.selector ?? {}, service.metadata.namespace);
        if (template === undefined || others.length > 0) {
          return [`${nameOf(service)}: selects ${list([template, ...others].map((each) => each?.of))}`];
        }
        const ports = containersOf(template).flatMap(({ ports: own = [] }) => own);
        return service.spec.ports
          .map(({ port, targetPort = port }: Any) => targetPort)
          .filter((wanted: string | number) =>
            ports.every(({ name, containerPort }) => name !== wanted && containerPort !== wanted),
          )
          .map((wanted: string | number) => `${nameOf(service)}: no port ${wanted} in ${template.of}`);
      }),
  ];
}

function list(names: readonly (string | undefined)[]): string {
  return names.filter((name) => name !== undefined).join(', ') || 'nothing';
}
