import type { Diagnostic } from '../../diagnostic';
import type { PipelineGraph } from '../graph';
import { nodesOf } from '../walk';

const QUANTITY = /^\d+(\.\d+)?([eE][-+]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

const POLICIES: readonly string[] = ['Always', 'OnFailure', 'OnError', 'OnTransientError'];

/** Quantities, retries and timeouts are such that Kubernetes and Argo take them. */
export function settings(graph: PipelineGraph): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [...accounts(graph)];
  if (!REPOSITORIES.includes(graph.artifactRepository.kind)) {
    const message = `'${graph.artifactRepository.kind}' is no kind of artifact repository`;
    diagnostics.push({ code: 'KFP1243', path: graph.path, message, mend: `use one of ${REPOSITORIES.join(', ')}` });
  }
  for (const { node } of nodesOf(graph)) {
    const report = (message: string, mend: string) =>
      diagnostics.push({ code: 'KFP1240', path: node.path, message, mend });
    if (node.kind === 'loop' && node.parallelism !== undefined && !isCount(node.parallelism)) {
      report(`the parallelism is ${node.parallelism}`, 'give a whole number from 1, or leave it out for no limit');
    }
    if (node.kind === 'approval' && node.timeoutSeconds !== undefined && !isCount(node.timeoutSeconds)) {
      report(`the timeout of ${node.timeoutSeconds} s is not a whole number of seconds`, 'give whole seconds, from 1');
    }
    if (node.kind !== 'task') continue;
    const { resources, retry, timeoutSeconds } = node.settings;
    // A limit that equals the request is one mistake, not two.
    const quantities = { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} };
    for (const [kind, amounts] of Object.entries(quantities)) {
      for (const [name, quantity] of Object.entries(amounts)) {
        if (QUANTITY.test(quantity) || (kind === 'limits' && quantities.requests[name] === quantity)) continue;
        report(`'${quantity}' is no quantity of ${name}`, "write it as Kubernetes does: '500m', '4', '8Gi'");
      }
    }
    if (retry && !POLICIES.includes(retry.policy)) {
      report(`'${retry.policy}' is no retry policy`, `use one of ${POLICIES.join(', ')}`);
    }
    if (retry?.backoffFactor !== undefined && !(retry.backoffFactor > 0)) {
      report(`the backoff's factor is ${retry.backoffFactor}`, 'give a number above 0');
    }
    if (retry && !(Number.isInteger(retry.retries) && retry.retries >= 0)) {
      report(`${retry.retries} is no number of retries`, 'give a whole number');
    }
    for (const [name, seconds] of [
      ['timeout', timeoutSeconds],
      ['backoff', retry?.backoffSeconds],
      ['cap of the backoff', retry?.backoffCapSeconds],
    ] as const) {
      if (seconds === undefined || isCount(seconds)) continue;
      report(`the ${name} of ${seconds} s is not a whole number of seconds`, 'give whole seconds, from 1');
    }
    for (const [name, value] of Object.entries(node.settings.env ?? {})) {
      if (typeof value !== 'string')
        report(`the environment variable '${name}' is ${String(value)}`, 'give it a string');
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || (name.startsWith('KFP_') && name !== 'KFP_LOG')) {
        report(
          `'${name}' cannot be set as an environment variable`,
          'use letters, digits and underscores; of the library’s own KFP_…, only KFP_LOG can be set',
        );
      }
    }
  }
  return diagnostics;
}

function isCount(number: number): boolean {
  return Number.isInteger(number) && number >= 1;
}

const REPOSITORIES: readonly string[] = ['s3', 'gcs', 'azure', 'none'];

/** Names of objects that stand in the template as they are. */
function accounts(graph: PipelineGraph): readonly Diagnostic[] {
  const names = [
    ['service account', graph.runner?.serviceAccountName],
    ['ConfigMap of the artifact repository', graph.artifactRepository.configMap],
  ] as const;
  return names.flatMap(([what, name]) =>
    name === undefined || /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)
      ? []
      : [
          {
            code: 'KFP1241',
            path: graph.path,
            message: `'${name}' cannot be the name of a ${what}`,
            mend: 'use lower-case letters, digits, hyphens and dots',
          },
        ],
  );
}
