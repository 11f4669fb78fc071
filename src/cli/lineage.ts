import * as fs from 'node:fs';
import { Command, Option } from 'commander';
import { parse } from 'yaml';
import type { Json } from '../components/definition';
import { type Lineage, lineageOf } from '../review/lineage';
import { lineageTable } from '../review/lineage-table';
import { isWorkflow } from '../review/workflow';
import { problem } from './app-command';

/** `cdk8s-kfp lineage`: who produced what in a run, from its Workflow object alone. */
export function lineageCommand(): Command {
  return new Command('lineage')
    .summary('say who produced what in a run')
    .description(
      'Say which task produced each artifact of a run, from which inputs, parameters and source. The Workflow object alone tells:\n' +
        '  kubectl get workflow RUN -o json | cdk8s-kfp lineage -',
    )
    .argument('<file>', 'a Workflow that ran, as JSON or YAML; - for stdin')
    .addOption(new Option('-o, --output <form>', 'how it is printed').choices(['table', 'json']).default('table'))
    .action((file: string, { output }: { readonly output: 'table' | 'json' }) => {
      const lineage = read(file);
      process.stdout.write(output === 'json' ? `${JSON.stringify(lineage, undefined, 2)}\n` : lineageTable(lineage));
    });
}

function read(file: string): Lineage {
  const workflow = workflowIn(file);
  try {
    return lineageOf(workflow);
  } catch (error) {
    const mend = 'ask Argo for it, which puts them in: argo get RUN -o json';
    throw problem('KFP1299', `${file}: ${(error as Error).message}`, mend);
  }
}

/** The Workflow in a file; a list of one is what `kubectl get -l` gives. */
function workflowIn(file: string): object {
  const mend = 'give it what `kubectl get workflow RUN -o json` prints';
  let given: Json;
  try {
    given = parse(fs.readFileSync(file === '-' ? 0 : file, 'utf8')) as Json;
  } catch (error) {
    throw problem('KFP1298', `${file} cannot be read: ${(error as Error).message.trim()}`, mend);
  }
  const items = (given as { readonly items?: readonly Json[] } | null)?.items;
  const found = items?.length === 1 ? items[0] : given;
  if (!isWorkflow(found)) {
    const what = items && items.length !== 1 ? `holds ${items.length} objects` : 'holds no Workflow';
    throw problem('KFP1298', `${file} ${what}`, mend);
  }
  return found as object;
}
