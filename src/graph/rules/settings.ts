import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { nodesOf } from '../walk';

const QUANTITY = /^\d+(\.\d+)?([eE][-+]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

/** Quantities, retries and timeouts are such that Kubernetes and Argo take them. */
export function settings(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const { node } of nodesOf(graph)) {
    if (node.kind !== 'task') continue;
    const report = (message: string, mend: string) =>
      diagnostics.push({ code: 'KFP1240', path: node.path, ...(node.at && { at: node.at }), message, mend });
    const { resources, retry, timeoutSeconds } = node.settings;
    for (const [name, quantity] of [
      ...Object.entries(resources?.requests ?? {}),
      ...Object.entries(resources?.limits ?? {}),
    ]) {
      if (!QUANTITY.test(quantity)) {
        report(`'${quantity}' is no quantity of ${name}`, "write it as Kubernetes does: '500m', '4', '8Gi'");
      }
    }
    if (retry && !(Number.isInteger(retry.retries) && retry.retries >= 0)) {
      report(`${retry.retries} is no number of retries`, 'give a whole number');
    }
    if (timeoutSeconds !== undefined && !(timeoutSeconds >= 1)) {
      report(`the timeout of ${timeoutSeconds} s is too short`, 'give at least one second');
    }
    for (const name of Object.keys(node.settings.env ?? {})) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.startsWith('KFP_')) {
        report(
          `'${name}' cannot be set as an environment variable`,
          'use letters, digits and underscores; KFP_… is taken',
        );
      }
    }
  }
  return diagnostics;
}
