import { Command, Option } from 'commander';
import { pipelineManifest } from '../argo/pipeline-manifest';
import type { PipelineGraph } from '../graph/graph';
import { requirementsOf } from '../review/requirements';
import { appAndPipeline } from './app-and-pipeline';
import { appCommand, problem, show } from './app-command';
import { appFacts, graphsNamed } from './app-graphs';
import { examineBackend } from './doctor/backend';
import { examineEngine } from './doctor/engine';
import { type Finding, findingLines } from './doctor/findings';
import { Kubectl } from './doctor/kubectl';
import { examineNamespace } from './doctor/namespace';

interface DoctorOptions {
  readonly namespace?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly output: 'text' | 'json';
}

/** `cdk8s-kfp doctor`: what a cluster lacks to run the pipelines and the backends of an app. It reads, and changes nothing. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .summary('say what a cluster lacks to run pipelines')
    .description(
      'Say what a cluster lacks to run the pipelines of an app, and its backends: Argo, rights, the artifact repository, Secrets and\n' +
        'other objects; programs, kinds, webhooks and volumes of backends.\n' +
        'It asks by kubectl, reads alone, and looks at no value of a Secret.',
    )
    .argument('[app]', "the app's entry file, its cdk8s.yaml or its folder (default: the current folder)")
    .argument('[pipeline]', 'the name of a pipeline (default: all, and the backends)')
    .option('-n, --namespace <namespace>', 'where the pipelines run (default: where the app puts them)')
    .option('--context <name>', "kubectl's context")
    .option('--kubeconfig <file>', "kubectl's configuration")
    .addOption(new Option('-o, --output <form>', 'how it is printed').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExit codes: 0 nothing is missing, 1 something is.')
    .action(doctor);
}

async function doctor(first: string | undefined, second: string | undefined, options: DoctorOptions): Promise<void> {
  const [app, name] = appAndPipeline(first, second);
  const command = appCommand(app);
  const facts = await appFacts(command);
  const graphs = name === undefined ? facts.graphs : graphsNamed(facts.graphs, name);
  const backends = name === undefined ? facts.backends : [];
  if (graphs.length + backends.length === 0) {
    const mend = 'create a Pipeline, a KfpBackend or an ArgoBackend in it, and call app.synth() at its end';
    throw problem('KFP1435', `the app wrote no pipeline and no backend: ${show(command)}`, mend);
  }
  const kubectl = new Kubectl([
    ...(options.context === undefined ? [] : [`--context=${options.context}`]),
    ...(options.kubeconfig === undefined ? [] : [`--kubeconfig=${options.kubeconfig}`]),
  ]);
  const { ok, reason } = kubectl.ask('version', '-o', 'json');
  if (!ok) throw problem('KFP1439', `kubectl reaches no cluster: ${reason}`, 'see kubectl version, or give --context');
  const findings = new Map<string, Finding[]>();
  const found = (namespace: string, more: readonly Finding[]) =>
    findings.set(namespace, distinct([...(findings.get(namespace) ?? []), ...more]));
  for (const backend of backends) found(backend.namespace, examineBackend(kubectl, backend));
  for (const graph of graphs) {
    const namespace = options.namespace ?? graph.namespace ?? 'default';
    found(namespace, examine(kubectl, namespace, graph));
  }
  if (options.output === 'json') {
    process.stdout.write(`${JSON.stringify(Object.fromEntries(findings), undefined, 2)}\n`);
  } else {
    for (const [namespace, all] of findings) {
      const lines = findingLines(all, (text) => text);
      process.stdout.write(`${[`namespace ${namespace}`, ...lines].join('\n')}\n`);
    }
  }
  const missing = [...findings.values()].flat().filter(({ verdict }) => verdict === 'missing');
  process.exitCode = missing.length > 0 ? 1 : 0;
}

function examine(kubectl: Kubectl, namespace: string, graph: PipelineGraph): Finding[] {
  const { findings, controller } = examineEngine(kubectl, namespace);
  const requirements = requirementsOf(graph, pipelineManifest(graph).body);
  return [...findings, ...examineNamespace(kubectl, namespace, requirements, graph.artifactRepository, controller)];
}

/** What several pipelines need is said once. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((each) => [JSON.stringify(each), each])).values()];
}
