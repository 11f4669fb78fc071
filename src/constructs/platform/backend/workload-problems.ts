import { isObjectName } from '../../../graph/rules/settings';
import { amountProblems, labelProblems, type Problem, wholeProblems } from '../problems';
import type { WorkloadOptions } from './workload';

/**
 * What is wrong with what is said of one Deployment.
 *
 * @param place where it stands among the props: `controller`
 * @param of what it is called where that is another name
 */
export function workloadProblems(place: string, options: WorkloadOptions = {}, of = place): Problem[] {
  const { replicas, resources, env, labels, nodeSelector, priorityClassName } = options;
  const amounts = [...Object.entries(resources?.requests ?? {}), ...Object.entries(resources?.limits ?? {})];
  return [
    ...wholeProblems(`\`${place}.replicas\``, replicas, 0),
    ...amounts.flatMap(([resource, amount]) => amountProblems(`${resource} of the ${of}`, amount)),
    ...variableProblems(of, env),
    ...labelProblems(`the label of the ${of}`, labels),
    ...labelProblems(`the node selector of the ${of}`, nodeSelector),
    ...priorityProblems(of, priorityClassName),
  ];
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
