import { amountOf } from '../../../graph/quantity';
import { isObjectName } from '../../../graph/rules/settings';
import { amountProblems, isQualifiedName, labelProblems, type Problem, wholeProblems } from '../problems';
import type { WorkloadOptions, WorkloadResources } from './workload';

/**
 * What is wrong with what is said of one Deployment.
 *
 * @param place where it stands among the props: `controller`
 * @param of what it is called where that is another name
 */
export function workloadProblems(place: string, options: WorkloadOptions = {}, of = place): Problem[] {
  const { replicas, resources, env, labels, annotations, nodeSelector, priorityClassName } = options;
  const amounts = [...Object.entries(resources?.requests ?? {}), ...Object.entries(resources?.limits ?? {})];
  return [
    ...wholeProblems(`\`${place}.replicas\``, replicas, 0),
    ...amounts.flatMap(([resource, amount]) => amountProblems(`${resource} of the ${of}`, amount)),
    ...excessProblems(of, resources),
    ...variableProblems(of, env),
    ...labelProblems(`the label of the ${of}`, labels),
    ...annotationProblems(of, annotations),
    ...labelProblems(`the node selector of the ${of}`, nodeSelector),
    ...priorityProblems(of, priorityClassName),
  ];
}

/** Kubernetes takes no container that asks for more than it may have. */
function excessProblems(of: string, { requests = {}, limits = {} }: WorkloadResources = {}): Problem[] {
  return Object.entries(requests)
    .filter(([resource, amount]) => {
      const most = Object.hasOwn(limits, resource) ? amountOf(String(limits[resource])) : undefined;
      return most !== undefined && (amountOf(String(amount)) ?? 0) > most;
    })
    .map(([resource, amount]) => ({
      message: `the ${of} asks for ${amount} of ${resource}, and may have ${limits[resource]}`,
      mend: 'ask for less, or raise the limit',
    }));
}

function annotationProblems(of: string, annotations: WorkloadOptions['annotations']): Problem[] {
  return Object.entries(annotations ?? {})
    .filter(([name, value]) => !isQualifiedName(name) || typeof value !== 'string')
    .map(([name]) => ({
      message: `the annotation '${name.slice(0, 80)}' of the ${of} is none`,
      mend: 'give a name, and a text',
    }));
}

/**
 * Environment variables that are none.
 *
 * @param of whose they are
 */
export function variableProblems(of: string, env: WorkloadOptions['env']): Problem[] {
  return Object.entries(env ?? {})
    .filter(([name, value]) => !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) || typeof value !== 'string')
    .map(([name]) => ({ message: `the variable '${name}' of the ${of} is none`, mend: 'give a name, and a text' }));
}

/**
 * A PriorityClass that cannot be one.
 *
 * @param of where it stands among the props
 */
export function priorityProblems(of: string, name: unknown): Problem[] {
  if (name === undefined || isObjectName(name)) return [];
  return [
    { message: `the priorityClassName of the ${of} is no name`, mend: 'give the name of a PriorityClass that exists' },
  ];
}
