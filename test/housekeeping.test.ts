import { App, Chart, Duration, Testing } from 'cdk8s';
import {
  bool,
  ContainerComponent,
  createClaim,
  createSnapshot,
  deleteClaim,
  dict,
  float,
  int,
  optional,
  Pipeline,
  type PipelineProps,
  RecurringRun,
  ResourceComponent,
  type ResourceComponentProps,
  Run,
  Runner,
  runLocally,
  Semaphore,
  SubPipeline,
  str,
  Task,
  text,
  Volume,
  WorkloadIdentity,
} from 'cdk8s-kfp';
import * as YAML from 'yaml';
import { resourceAction } from '../src/argo/resource-template';
import type { ComponentDefinition, PolicyRule, ResourceImplementation } from '../src/components/definition';
import { missingRules } from '../src/components/resource-rules';
import { runBoth } from './interpreter/fixture';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: manifests are read by path, and mistakes that the compiler sees are made
type Any = any;

const work = new ContainerComponent({
  name: 'work',
  image: 'work:1',
  inputs: { words: str('x') },
  outputs: { count: int() },
  command: ['work'],
});

function chart(): Chart {
  return new Chart(Testing.app(), 'ml', { namespace: 'ml' });
}

function named(objects: Any[], kind: string, name?: string): Any {
  return objects.find((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
}

/** The spec of a pipeline of one task with these props, without what every pipeline has. */
function specOf(props: PipelineProps<Any>, at: Chart = chart()): Any {
  const pipeline = new Pipeline(at, 'p', props);
  new Task(pipeline, 'work', { component: work });
  const {
    entrypoint,
    templates,
    volumes,
    arguments: given,
    podMetadata,
    ...spec
  } = named(synth(at), 'WorkflowTemplate').spec;
  expect([entrypoint, templates.length, volumes.length, given]).toEqual(['main', 2, 1, undefined]);
  return spec;
}

/** What synth says of a pipeline. */
function problems(build: (at: Chart) => Pipeline<Any, Any>): string {
  return build(chart())
    .diagnostics.map(
      ({ code, severity, path, message, mend }) =>
        `${code}${severity ? ` (${severity})` : ''} ${path}: ${message} → ${mend}`,
    )
    .join('\n');
}

function withProps(props: PipelineProps<Any>): (at: Chart) => Pipeline<Any> {
  return (at) => {
    const pipeline = new Pipeline(at, 'p', props);
    new Task(pipeline, 'work', { component: work });
    return pipeline;
  };
}

/** What synth says of constructs other than pipelines. */
function validation(build: (at: Chart) => void): string {
  const app = new App();
  build(new Chart(app, 'ml'));
  try {
    app.synthYaml();
    return '';
  } catch (error) {
    return (error as Error).message.replace(/\s+at .*:\d+$/gm, '');
  }
}

describe('settings of runs', () => {
  test('a pipeline that says nothing', () => {
    expect(specOf({})).toEqual({
      workflowMetadata: { labels: { 'cdk8s-kfp/pipeline': 'p' } },
      podGC: { strategy: 'OnPodSuccess', deleteDelayDuration: '600s' },
    });
  });

  test('all of them', () => {
    const at = chart();
    const spec = specOf(
      {
        timeout: Duration.hours(6),
        parallelism: 20,
        priority: 10,
        retention: { after: Duration.days(30), afterSuccess: Duration.days(7), afterFailure: Duration.days(90) },
        podRetention: { strategy: 'OnWorkflowCompletion', delay: Duration.hours(1) },
        archiveLogs: true,
        imagePullSecrets: ['registry', { name: 'other' }],
        podDisruptionBudget: { maxUnavailable: '50%' },
        dnsConfig: { searches: ['corp.example.com'] },
        hostNetwork: true,
        mutexes: ['warehouse'],
        semaphores: [new Semaphore(at, 'gpu-slots', { limit: 4 })],
        labels: { 'example.com/team': 'ml' },
        annotations: { note: 'nightly' },
      },
      at,
    );
    expect(YAML.stringify(spec)).toMatchInlineSnapshot(`
"workflowMetadata:
  labels:
    example.com/team: ml
    cdk8s-kfp/pipeline: p
  annotations:
    note: nightly
activeDeadlineSeconds: 21600
parallelism: 20
priority: 10
ttlStrategy:
  secondsAfterCompletion: 2592000
  secondsAfterSuccess: 604800
  secondsAfterFailure: 7776000
podGC:
  strategy: OnWorkflowCompletion
  deleteDelayDuration: 3600s
archiveLogs: true
imagePullSecrets:
  - name: registry
  - name: other
podDisruptionBudget:
  maxUnavailable: 50%
hostNetwork: true
dnsPolicy: ClusterFirstWithHostNet
dnsConfig:
  searches:
    - corp.example.com
synchronization:
  mutexes:
    - name: warehouse
  semaphores:
    - configMapKeyRef:
        name: gpu-slots
        key: limit
"
`);
    const { metadata } = named(synth(at), 'WorkflowTemplate');
    expect(metadata.labels).toEqual({ 'cdk8s-kfp/pipeline': 'p', 'example.com/team': 'ml' });
    expect(metadata.annotations).toEqual({ note: 'nightly' });
    expect(named(synth(at), 'ConfigMap', 'gpu-slots').data).toEqual({ limit: '4' });
  });

  test('one duration is the retention of all runs, and Never keeps pods', () => {
    expect(specOf({ retention: Duration.days(1), podRetention: { strategy: 'Never' } })).toEqual({
      workflowMetadata: { labels: { 'cdk8s-kfp/pipeline': 'p' } },
      ttlStrategy: { secondsAfterCompletion: 86400 },
    });
    expect(specOf({ dnsPolicy: 'None', hostNetwork: true }).dnsPolicy).toBe('None');
    expect(specOf({ podRetention: { delay: Duration.days(1) } }).podGC).toEqual({
      strategy: 'OnPodSuccess',
      deleteDelayDuration: '86400s',
    });
  });

  test('locks, labels and annotations of values that a run begins with', () => {
    const parameters = { region: str('eu'), shard: int(1) };
    class Regional extends Pipeline<typeof parameters> {
      public constructor(scope: Chart) {
        const props: Any = { parameters };
        super(scope, 'p', props);
        props.mutexes = [text`load-${this.parameters.region}-${this.parameters.shard}`];
        props.labels = { region: this.parameters.region };
        props.annotations = { id: this.run.id };
        new Task(this as Any, 'work', { component: work });
      }
    }
    const at = chart();
    expect(new Regional(at).diagnostics).toEqual([]);
    const { metadata, spec } = named(synth(at), 'WorkflowTemplate');
    const region =
      "(workflow.parameters['region'] startsWith 'json:' ? fromJSON(workflow.parameters['region'][5:]) : workflow.parameters['region'])";
    // Braces are set apart twice: once would leave two of three together.
    const set = (text: string) => `replace(replace(${text}, '{' + '{', '{ {'), '{' + '{', '{ {')`;
    expect(spec.synchronization.mutexes).toEqual([
      { name: `{{=${set(`'load-' + ${region} + '-' + string(int(workflow.parameters['shard']))`)}}}` },
    ]);
    expect(spec.workflowMetadata).toEqual({
      labels: { region: `{{=${set(region)}}}`, 'cdk8s-kfp/pipeline': 'p' },
      annotations: { id: `{{=${set('workflow.uid')}}}` },
    });
    expect(metadata.labels).toEqual({ 'cdk8s-kfp/pipeline': 'p' });
  });

  test('a Run is kept whatever the retention, and says what is its own', () => {
    const at = chart();
    const pipeline = new Pipeline(at, 'p', { retention: { afterSuccess: Duration.days(7), after: Duration.days(30) } });
    new Task(pipeline, 'work', { component: work });
    new Run(at, 'plain', { pipeline, name: 'plain' });
    const serviceAccount = { name: 'big', tokenSecret: true, podLabels: { 'azure.workload.identity/use': 'true' } };
    new Run(at, 'own', { pipeline, name: 'own', timeout: Duration.hours(1), priority: -5, serviceAccount });
    const auto = [new Run(at, 'a', { pipeline }), new Run(at, 'b', { pipeline, priority: 1 })].map(({ name }) => name);
    const objects = synth(at);
    const never = { secondsAfterSuccess: 2147483647, secondsAfterCompletion: 2147483647 };
    expect(named(objects, 'Workflow', 'plain').spec).toEqual({
      workflowTemplateRef: { name: 'p' },
      ttlStrategy: never,
    });
    expect(named(objects, 'Workflow', 'own').spec).toEqual({
      workflowTemplateRef: { name: 'p' },
      serviceAccountName: 'big',
      automountServiceAccountToken: false,
      executor: { serviceAccountName: 'big' },
      podMetadata: { labels: { 'azure.workload.identity/use': 'true' } },
      activeDeadlineSeconds: 3600,
      priority: -5,
      ttlStrategy: never,
    });
    expect(auto[0]).not.toBe(auto[1]);
  });

  test('a RecurringRun has its own retention over the pipeline’s, and its places beside the pipeline’s', () => {
    const at = chart();
    const semaphores = [new Semaphore(at, 'slots', { limit: 2 })];
    const pipeline = new Pipeline(at, 'p', { retention: { afterSuccess: Duration.days(7) }, semaphores });
    new Task(pipeline, 'work', { component: work });
    const props = { pipeline, schedule: '0 3 * * *' } as const;
    new RecurringRun(at, 'all', {
      ...props,
      retention: Duration.days(1),
      timeout: Duration.hours(2),
      maxConcurrency: 3,
    });
    new RecurringRun(at, 'failed', { ...props, retention: { afterFailure: Duration.days(2) }, priority: 3 });
    const objects = synth(at);
    expect(named(objects, 'CronWorkflow', 'all').spec.workflowSpec).toEqual({
      workflowTemplateRef: { name: 'p' },
      activeDeadlineSeconds: 7200,
      ttlStrategy: { secondsAfterCompletion: 86400, secondsAfterSuccess: 86400 },
      synchronization: {
        semaphores: [
          { configMapKeyRef: { name: 'slots', key: 'limit' } },
          { configMapKeyRef: { name: 'all-semaphore', key: 'runs' } },
        ],
      },
    });
    expect(named(objects, 'CronWorkflow', 'failed').spec.workflowSpec).toEqual({
      workflowTemplateRef: { name: 'p' },
      priority: 3,
      ttlStrategy: { secondsAfterFailure: 172800 },
    });
  });

  test('a called pipeline’s are not the caller’s', () => {
    const at = chart();
    const inner = new Pipeline(at, 'inner', { timeout: Duration.hours(1) });
    new Task(inner, 'work', { component: work });
    const outer = new Pipeline(at, 'outer');
    new SubPipeline(outer, 'call', { pipeline: inner });
    const objects = synth(at);
    expect(named(objects, 'WorkflowTemplate', 'inner').spec.activeDeadlineSeconds).toBe(3600);
    expect(named(objects, 'WorkflowTemplate', 'outer').spec.activeDeadlineSeconds).toBeUndefined();
  });

  test('what Argo would refuse', () => {
    expect(
      problems(
        withProps({
          timeout: Duration.millis(1500),
          parallelism: 0,
          priority: 1.5,
          retention: { after: Duration.millis(10), afterFailure: Duration.days(30000) },
          podRetention: { strategy: 'Sometimes' as Any, delay: Duration.millis(1) },
          podDisruptionBudget: { maxUnavailable: 'few', minAvailable: 1 },
          imagePullSecrets: ['Not A Name'],
          semaphores: [{ name: 'UP', key: 'x' }],
          mutexes: ['{{workflow.uid}}'],
          dnsConfig: { searches: ['{{workflow.name}}'] },
        }),
      ),
    ).toMatchInlineSnapshot(`
"KFP1280 ml/p: the run's timeout of 1.5 s is not a whole number of seconds → give whole seconds, from 1
KFP1280 ml/p: the retention of 0.01 s is not a whole number of seconds → give whole seconds, 68 years at most
KFP1280 ml/p: the retention after failure of 2592000000 s is not a whole number of seconds → give whole seconds, 68 years at most
KFP1280 ml/p: the delay of the pods’ retention of 0.001 s is not a whole number of seconds → give whole seconds, 68 years at most
KFP1280 ml/p: 'Sometimes' is no retention of pods → use one of OnPodSuccess, OnPodCompletion, OnWorkflowSuccess, OnWorkflowCompletion, Never
KFP1280 ml/p: the run's parallelism is 0 → give a whole number from 1, or leave it out for no limit
KFP1280 ml/p: the run's priority is 1.5 → give a whole number of 32 bits
KFP1280 ml/p: the disruption budget says both or neither of minAvailable and maxUnavailable → give one of them: Kubernetes takes no other
KFP1280 ml/p: 'few' is no number of pods → give a whole number, or a percentage such as '50%'
KFP1280 ml/p: 'Not A Name' cannot be the name of a Secret → use lower-case letters, digits, hyphens and dots
KFP1280 ml/p: 'UP' with the key 'x' is no semaphore → give a Semaphore, or the name and the key of a ConfigMap
KFP1280 ml/p: the dnsConfig holds \`{{\`, which Argo would expand → leave it out
KFP1280 ml/p: '{{workflow.uid}}' cannot be the name of a mutex → give it a name; Argo would expand \`{{\`"
`);
    expect(
      problems(
        withProps({
          labels: { 'a b': 'x', 'cdk8s-kfp/pipeline': 'other', team: 'ml & co', 'workflows.argoproj.io/x': 'y' },
          annotations: { note: '{{workflow.uid}}' },
          artifactRepository: { kind: 'none' },
          archiveLogs: true,
        }),
      ),
    ).toMatchInlineSnapshot(`
"KFP1283 ml/p: 'a b' cannot be a label of runs → use a name as Kubernetes has it: example.com/team
KFP1283 ml/p: the label 'cdk8s-kfp/pipeline' of runs is the library’s or Argo’s own → use a prefix of your own
KFP1283 ml/p: 'ml & co' cannot be the value of the label 'team' of runs → use at most 63 letters, digits, hyphens, underscores and dots, or an annotation
KFP1283 ml/p: the label 'workflows.argoproj.io/x' of runs is the library’s or Argo’s own → use a prefix of your own
KFP1283 ml/p: the annotation 'note' of runs holds '{{', which Argo would expand → leave it out
KFP1284 ml/p: the logs are archived, and the pipeline has no artifact repository → name the artifact repository, or leave archiveLogs out"
`);
    expect(problems(withProps({ standalone: false, timeout: Duration.hours(1), priority: 1 }))).toMatchInlineSnapshot(
      `"KFP1281 (warning) ml/p: timeoutSeconds, priority: settings of runs, and the pipeline is never run by itself → give them to the pipelines that call it: called pipelines are part of the caller’s run"`,
    );
  });

  test('a value that is known only later', () => {
    expect(
      problems((at) => {
        const props: Any = {};
        const pipeline = new Pipeline(at, 'p', props);
        const { outputs } = new Task(pipeline, 'work', { component: work });
        props.mutexes = [text`n-${outputs.count}`];
        return pipeline;
      }),
    ).toMatchInlineSnapshot(
      `"KFP1280 ml/p: the run's setting 'mutexes 0' reads what is known only when the run has begun → build it from parameters and facts of the run: its name, its id, when it was created"`,
    );
  });

  test('a run that would wait for itself', () => {
    const slots = { name: 'slots', key: 'limit' };
    expect(
      problems((at) => {
        const inner = new Pipeline(at, 'inner');
        new Task(inner, 'work', { component: work, mutexes: ['warehouse'] });
        const pipeline = new Pipeline(at, 'p', { mutexes: ['warehouse'], semaphores: [slots] });
        new Task(pipeline, 'one', { component: work, semaphores: [slots], mutexes: ['other'] });
        new SubPipeline(pipeline, 'call', { pipeline: inner });
        return pipeline;
      }),
    ).toMatchInlineSnapshot(`
"KFP1282 ml/p/one: waits for the semaphore slots/limit, which its run holds until it has ended → name it in one of the two places: the pipeline’s, or the task’s settings
KFP1282 ml/inner/work: waits for the mutex 'warehouse', which its run holds until it has ended → name it in one of the two places: the pipeline’s, or the task’s settings"
`);
  });

  test('a lock that a parameter names is the same in the same pipeline only', () => {
    expect(
      problems((at) => {
        const parameters = { region: str('eu') };
        const inner = new Pipeline(at, 'inner', { parameters });
        new Task(inner, 'work', { component: work, mutexes: [text`load-${inner.parameters.region}`] });
        const props: Any = { parameters };
        const pipeline = new Pipeline<typeof parameters>(at, 'p', props);
        props.mutexes = [text`load-${pipeline.parameters.region}`];
        new Task(pipeline, 'one', { component: work, mutexes: [text`load-${pipeline.parameters.region}`] });
        new SubPipeline(pipeline, 'call', { pipeline: inner, inputs: { region: 'us' } });
        return pipeline as Any;
      }),
    ).toMatchInlineSnapshot(
      `"KFP1282 ml/p/one: waits for the mutex of the same name, which its run holds until it has ended → name it in one of the two places: the pipeline’s, or the task’s settings"`,
    );
  });

  test('what a run cannot say otherwise', () => {
    expect(
      validation((at) => {
        const pipeline = new Pipeline(at, 'p', { runner: new Runner(at, 'runner') });
        new Task(pipeline, 'work', { component: work });
        new Run(at, 'run', {
          pipeline,
          timeout: Duration.millis(1),
          priority: 2 ** 31,
          serviceAccount: { name: 'sa' },
        });
        new RecurringRun(at, 'cron', { pipeline, schedule: '@daily', retention: Duration.millis(1500) });
        new Semaphore(at, 'none', { limit: 0 });
      }),
    ).toMatchInlineSnapshot(`
"Validation failed with the following errors:
  [ml/run] KFP1288 the timeout of 0.001 s is not a whole number of seconds
    mend: give whole seconds, from 1
  [ml/run] KFP1288 the priority is 2147483648
    mend: give a whole number of 32 bits
  [ml/run] KFP1288 the service account 'sa' has no token Secret, and that of the pipeline, 'runner', has one: Argo's executor would go on as 'runner'
    mend: give a Runner, or { name: 'sa', tokenSecret: true } where the Secret 'sa.service-account-token' exists
  [ml/cron] KFP1288 the retention of 1.5 s is not a whole number of seconds
    mend: give whole seconds, 68 years at most
  [ml/none] KFP1280 the limit of the semaphore is 0
    mend: give a whole number from 1"
`);
  });
});

describe('Runner', () => {
  test('identities of clouds', () => {
    const annotations = (workloadIdentity: WorkloadIdentity) => {
      const at = chart();
      new Runner(at, 'runner', { workloadIdentity, annotations: { team: 'ml' } });
      return named(synth(at), 'ServiceAccount').metadata.annotations;
    };
    expect(annotations(WorkloadIdentity.gke('ml@project.iam.gserviceaccount.com'))).toEqual({
      'iam.gke.io/gcp-service-account': 'ml@project.iam.gserviceaccount.com',
      team: 'ml',
    });
    expect(annotations(WorkloadIdentity.eks('arn:aws:iam::123456789012:role/ml'))).toEqual({
      'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/ml',
      team: 'ml',
    });
    const id = '00000000-0000-4000-8000-000000000000';
    expect(annotations(WorkloadIdentity.azure(id, id))).toEqual({
      'azure.workload.identity/client-id': id,
      'azure.workload.identity/tenant-id': id,
      team: 'ml',
    });
  });

  test('Azure’s label is on all pods of a pipeline, and on those of a task with the account', () => {
    const use = { 'azure.workload.identity/use': 'true' };
    const at = chart();
    const workloadIdentity = WorkloadIdentity.azure('00000000-0000-4000-8000-000000000000');
    const runner = new Runner(at, 'azure', { workloadIdentity, imagePullSecrets: ['registry'] });
    const all = new Pipeline(at, 'all', { runner });
    new Task(all, 'work', { component: work });
    const one = new Pipeline(at, 'one', { runner: new Runner(at, 'plain') });
    new Task(one, 'work', { component: work, serviceAccount: runner, labels: { team: 'ml' } });
    const objects = synth(at);
    expect(named(objects, 'ServiceAccount', 'azure').imagePullSecrets).toEqual([{ name: 'registry' }]);
    expect(named(objects, 'WorkflowTemplate', 'all').spec.podMetadata.labels).toMatchObject(use);
    const { spec } = named(objects, 'WorkflowTemplate', 'one');
    expect(spec.podMetadata?.labels ?? {}).not.toMatchObject(use);
    expect(spec.templates.find(({ name }: Any) => name === 'work').metadata.labels).toMatchObject({
      ...use,
      team: 'ml',
    });
  });

  test('what it is allowed: what it must, no more, and nothing twice', () => {
    const at = chart();
    const runner = new Runner(at, 'runner', {
      rules: [{ apiGroups: ['batch'], resources: ['jobs'], verbs: ['*'] }],
    });
    const remove = new ResourceComponent({
      name: 'remove',
      action: 'delete',
      manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } },
    });
    const job = new ResourceComponent({
      name: 'job',
      manifest: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' } },
    });
    const policy = new ResourceComponent({
      name: 'policy',
      action: 'apply',
      manifest: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'n' } },
    });
    runner
      .allow(createClaim(), createClaim({ keep: true }), deleteClaim(), createSnapshot(), remove, job)
      .allow(policy);
    const { rules } = named(synth(at), 'Role');
    const shown = rules.map(({ apiGroups, resources, verbs, resourceNames }: PolicyRule) =>
      [apiGroups, resources, verbs, resourceNames].map((list) => list?.join(',')).join(' '),
    );
    expect(shown).toEqual([
      'argoproj.io workflowtaskresults create,patch ',
      'batch jobs * ',
      ' persistentvolumeclaims create,get ',
      ' persistentvolumeclaims delete ',
      'snapshot.storage.k8s.io volumesnapshots create,get ',
      ' configmaps delete settings',
      'networking.k8s.io networkpolicies create,get,patch ',
    ]);
    expect(() => runner.allow(work)).toThrow(
      "The component 'work' needs no rights in the cluster: it is no resource component.",
    );
  });

  test('a name that is allowed is not every name', () => {
    const rule = (verbs: string[], resourceNames?: string[]): PolicyRule => ({
      apiGroups: [''],
      resources: ['secrets'],
      verbs,
      ...(resourceNames && { resourceNames }),
    });
    expect(missingRules([rule(['get', 'patch'])], [rule(['get'], ['a']), rule(['patch'])])).toEqual(['get secrets']);
    expect(missingRules([rule(['get'], ['a', 'b'])], [rule(['get'], ['a']), rule(['get'], ['b'])])).toEqual([]);
    expect(missingRules([{ ...rule(['get']), apiGroups: ['x.io'] }], [rule(['*'])])).toEqual(['get secrets.x.io']);
  });

  test('who nobody is', () => {
    expect(
      validation((at) => {
        new Runner(at, 'a', {
          workloadIdentity: WorkloadIdentity.gke('ml'),
          rules: [{ apiGroups: [], resources: ['x'], verbs: ['get'] }],
        });
        new Runner(at, 'b', { workloadIdentity: WorkloadIdentity.eks('ml') });
        new Runner(at, 'c', { workloadIdentity: WorkloadIdentity.azure('ml') });
      }),
    ).toMatchInlineSnapshot(`
"Validation failed with the following errors:
  [ml/a] KFP1283 'ml' is no service account of Google Cloud
    mend: write name@project.iam.gserviceaccount.com
  [ml/a] KFP1283 the rule {"apiGroups":[],"resources":["x"],"verbs":["get"]} allows nothing
    mend: give it groups, resources and verbs; the core group is ''
  [ml/b] KFP1283 'ml' is no role of AWS
    mend: write arn:aws:iam::123456789012:role/name
  [ml/c] KFP1283 'ml' is no id of Azure's
    mend: write the UUID, not the name"
`);
  });
});

const settingsMap = new ResourceComponent({
  name: 'make-settings',
  inputs: { words: str(), n: int(3), flag: bool(true), labels: optional(dict()), late: optional(str()) },
  outputs: {
    name: { type: str(), jsonPath: '{.metadata.name}' },
    n: { type: int(), jsonPath: '{.data.n}' },
  },
  manifest: ({ inputs, run }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: text`${run.name}-settings`, labels: inputs.labels },
    data: { words: inputs.words, n: text`${inputs.n}`, known: '{{workflow.uid}} $(X)' },
    immutable: inputs.flag,
  }),
});

/** The manifest of a component that no rule has looked at. */
function printedManifest({ definition }: { readonly definition: ComponentDefinition }): string {
  return resourceAction(definition.inputs, definition.implementation as ResourceImplementation).manifest;
}

/** The template of a pipeline's only resource task. */
function resourceTemplate(component: Any, inputs: Any = {}, props: Any = {}): Any {
  const at = chart();
  const pipeline = new Pipeline(at, 'p', props);
  new Task(pipeline, 'it', { component, inputs } as Any);
  return named(synth(at), 'WorkflowTemplate').spec.templates.find(({ resource }: Any) => resource);
}

describe('ResourceComponent', () => {
  test('a manifest that is known is YAML', () => {
    const component = new ResourceComponent({
      name: 'answer',
      action: 'apply',
      manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'answer' }, data: { a: 'yes', n: '010' } },
      successCondition: 'data.a == yes',
      flags: ['--field-manager=ml'],
    });
    const { metadata, ...template } = resourceTemplate(component);
    expect(YAML.stringify(template)).toMatchInlineSnapshot(`
"name: answer
securityContext:
  seccompProfile:
    type: RuntimeDefault
resource:
  action: apply
  flags:
    - --field-manager=ml
  successCondition: data.a == yes
  manifest: |
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: answer
      ownerReferences:
        - apiVersion: argoproj.io/v1alpha1
          kind: Workflow
          name: "{{workflow.name}}"
          uid: "{{workflow.uid}}"
    data:
      a: "yes"
      "n": "010"
"
`);
  });

  test('one with values is an expression, and hides what would be expanded', () => {
    const { inputs, outputs, resource } = resourceTemplate(settingsMap, { words: 'x' });
    expect(resource.manifest).toMatchInlineSnapshot(
      `"{{=replace(replace(replace(toJson(sprig.omit({ 'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': sprig.omit({ 'name': workflow.name + '-settings', 'labels': (inputs.parameters['labels'] in ['json:', 'json:null'] ? nil : fromJSON(inputs.parameters['labels'] startsWith 'json:' ? inputs.parameters['labels'][5:] : inputs.parameters['labels'])), 'ownerReferences': [{ 'apiVersion': 'argoproj.io/v1alpha1', 'kind': 'Workflow', 'name': workflow.name, 'uid': workflow.uid }] }, inputs.parameters['labels'] in ['json:', 'json:null'] ? 'labels' : ''), 'data': { 'words': (inputs.parameters['words'] startsWith 'json:' ? fromJSON(inputs.parameters['words'][5:]) : inputs.parameters['words']), 'n': string(int((inputs.parameters['n'] == 'json:' ? '3' : inputs.parameters['n']))), 'known': '{' + '{workflow.uid}' + '} $(X)' }, 'immutable': ((inputs.parameters['flag'] == 'json:' ? 'true' : inputs.parameters['flag']) in ['json:', 'json:null'] ? nil : (inputs.parameters['flag'] == 'json:' ? 'true' : inputs.parameters['flag']) == 'true') }, (inputs.parameters['flag'] == 'json:' ? 'true' : inputs.parameters['flag']) in ['json:', 'json:null'] ? 'immutable' : '')), '{' + '{', '{\\\\u007b'), '$', '\\\\u0024'), '\\x7f', '\\\\u007f')}}"`,
    );
    for (const odd of ['0o7', '<<', '$(X)', '{{x}}', '\x7f', '\u2028']) {
      const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { odd } };
      const known = printedManifest(new ResourceComponent({ name: 'odd', manifest }));
      expect([odd, known.slice(0, 3)]).toEqual([odd, '{{=']);
    }
    expect(inputs.parameters).toEqual([
      { name: 'words' },
      { name: 'n', default: '3' },
      { name: 'flag', default: 'true' },
      { name: 'labels', default: 'json:' },
      { name: 'late', default: 'json:' },
    ]);
    expect(outputs.parameters[0]).toEqual({ name: 'name', valueFrom: { jsonPath: '{.metadata.name}' } });
  });

  test('who the object belongs to', () => {
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
    const owners = (props: Partial<ResourceComponentProps<Any, Any>>) =>
      YAML.parse(resourceTemplate(new ResourceComponent({ name: 'c', manifest, ...props } as Any)).resource.manifest)
        .metadata.ownerReferences?.length;
    const other = { ...manifest, metadata: { name: 'x', namespace: 'other' } };
    expect([owners({}), owners({ action: 'apply' }), owners({ action: 'replace' })]).toEqual([1, 1, 1]);
    expect([owners({ action: 'patch' }), owners({ action: 'delete' }), owners({ action: 'get' })]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([owners({ setOwnerReference: false }), owners({ manifest: other })]).toEqual([undefined, undefined]);
    const foreign = { ...manifest, metadata: { name: 'x', ownerReferences: [{ kind: 'Other' }] } };
    expect(owners({ manifest: foreign })).toBe(2);
  });

  test('only what means something for its pod is taken from the pipeline', () => {
    const template = resourceTemplate(
      settingsMap,
      { words: 'x' },
      {
        tasks: {
          env: { A: 'b' },
          resources: { memory: '1Gi' },
          extraContainerSpec: { tty: true },
          volumes: { '/d': Volume.emptyDir() },
          nodeSelector: { pool: 'small' },
          retry: { retries: 2 },
          timeout: Duration.minutes(5),
        },
      },
    );
    expect(Object.keys({ ...template, metadata: {} }).sort()).toEqual([
      'activeDeadlineSeconds',
      'inputs',
      'metadata',
      'name',
      'nodeSelector',
      'outputs',
      'resource',
      'retryStrategy',
      'securityContext',
    ]);
  });

  test('claims: what mounts one runs after it was made', () => {
    const at = chart();
    const pipeline = new Pipeline(at, 'p');
    const claim = new Task(pipeline, 'claim', { component: createClaim(), inputs: { size: '10Gi' } });
    const user = new Task(pipeline, 'user', {
      component: work,
      volumes: { '/data': Volume.claim(claim.outputs.name) },
    });
    const snapshot = new Task(pipeline, 'snap', {
      component: createSnapshot(),
      inputs: { pvc_name: claim.outputs.name },
    }).after(user);
    new Task(pipeline, 'gone', { component: deleteClaim(), inputs: { pvc_name: claim.outputs.name } }).after(snapshot);
    const { templates } = named(synth(at), 'WorkflowTemplate').spec;
    const tasks = templates.find(({ name }: Any) => name === 'main').dag.tasks;
    expect(tasks.map(({ name, depends }: Any) => `${name}: ${depends ?? ''}`)).toMatchInlineSnapshot(`
[
  "claim: ",
  "user: claim.Succeeded",
  "snap: claim.Succeeded && user.Succeeded",
  "gone: claim.Succeeded && snap.Succeeded",
]
`);
    const { resource } = templates.find(({ name }: Any) => name === 'delete-claim');
    expect([resource.action, resource.flags]).toEqual(['delete', ['--wait=false']]);
    const create = templates.find(({ name }: Any) => name === 'create-claim').resource;
    expect(create.manifest).toContain("'generateName': workflow.name + '-'");
    expect(create.manifest).toContain("'ownerReferences'");
    const kept = resourceTemplate(createClaim({ keep: true }), { size: '1Gi' });
    expect(kept.name).toBe('create-kept-claim');
    expect(kept.resource.manifest).not.toContain('ownerReferences');
  });

  test('what cannot be', () => {
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
    const wrong: Any[] = [
      { manifest: { kind: 'ConfigMap' } },
      { manifest, action: 'shake' },
      { manifest, action: 'delete', outputs: { n: { type: str(), jsonPath: '{.x}' } }, successCondition: 'a == b' },
      { manifest, mergeStrategy: 'merge' },
      { manifest: [{ op: 'remove', path: '/data/x' }], action: 'patch', mergeStrategy: 'json' },
      { manifest: [{ op: 'remove', path: '/data/x' }], action: 'patch' },
      { manifest, outputs: { n: { type: str(), jsonPath: '.x' } }, failureCondition: 'a == {{b}}' },
      { manifest: { ...manifest, metadata: { name: 'x', namespace: 'other' } }, setOwnerReference: true },
      { manifest, action: 'get', setOwnerReference: true },
      {
        inputs: { end: optional(str()) },
        manifest: ({ inputs }: Any) => ({ ...manifest, metadata: { name: text`x-${inputs.end}` } }),
      },
      { manifest: { ...manifest, data: { x: '\x01' } } },
    ];
    expect(
      problems((at) => {
        const pipeline = new Pipeline(at, 'p');
        for (const [index, each] of wrong.entries()) {
          new Task(pipeline, `t${index}`, { component: new ResourceComponent({ name: `c${index}`, ...each }) } as Any);
        }
        return pipeline;
      }),
    ).toMatchInlineSnapshot(`
"KFP1285 ml/p: the component 'c0' has no apiVersion that is known at synth → write it in the manifest, as text
KFP1285 ml/p: the component 'c0' has an object without a name → give it metadata.name: one made of run.name is its own in each run; what is created may have metadata.generateName
KFP1285 ml/p: the component 'c1' has the action 'shake' → use one of create, apply, replace, patch, delete, get
KFP1285 ml/p: the component 'c2' deletes an object, and has outputs or conditions → take them out: nothing is left to look at
KFP1285 ml/p: the component 'c3' has a mergeStrategy, and its action is create → leave it out: it is about patches
KFP1285 ml/p: the component 'c4' does not say what to patch → name it by flags: ['configmap', 'settings']
KFP1285 ml/p: the component 'c5' has a list where an object belongs, or an object where a list does → give the list of a JSON patch's operations with mergeStrategy: 'json', and an object otherwise
KFP1285 ml/p: the component 'c6' has the failureCondition 'a == {{b}}', which is empty, or which Argo or Kubernetes would expand → write it without \`{{\` and \`$\`
KFP1285 ml/p: the component 'c6' reads 'n' from '.x', which is no JSONPath template → write it in braces: '{.metadata.name}'
KFP1285 ml/p: the component 'c7' has an object of another namespace that belongs to the run → leave setOwnerReference out: Kubernetes would remove the object at once
KFP1285 ml/p: the component 'c8' lets what it would get belong to the run → leave setOwnerReference out
KFP1285 ml/p: the component 'c9' builds text of the input 'end', which may be absent → let it stand alone as the value of a field, which is left out then, or give it a default
KFP1234 ml/p: the manifest of 'c10' holds a character that YAML cannot hold → leave control characters, U+2028 and the like out, or write them as escapes"
`);
  });

  test('settings that mean nothing, and what the account may not', () => {
    expect(
      problems((at) => {
        const runner = new Runner(at, 'runner');
        const inner = new Pipeline(at, 'inner', { runner: { name: 'unknown' } });
        new Task(inner, 'gone', { component: deleteClaim(), inputs: { pvc_name: 'x' } });
        const pipeline = new Pipeline(at, 'p', { runner, tasks: { env: { A: 'b' } } });
        new Task(pipeline, 'claim', {
          component: createClaim(),
          inputs: { size: '1Gi' },
          caching: true,
          image: 'x:1',
          volumes: { '/x': Volume.emptyDir() },
        });
        new Task(pipeline, 'map', {
          component: settingsMap,
          inputs: { words: 'x' },
          serviceAccount: { name: 'other' },
        });
        new SubPipeline(pipeline, 'call', { pipeline: inner });
        return pipeline;
      }),
    ).toMatchInlineSnapshot(`
"KFP1286 ml/p/claim: the settings image, volumes, caching mean nothing here: no container of yours runs, but Argo's executor alone → take them out; what the object itself needs belongs into the manifest
KFP1287 ml/p/claim: the account 'runner' may not create persistentvolumeclaims, get persistentvolumeclaims, which 'create-claim' does → let it: runner.allow(component)
KFP1287 ml/inner/gone: the account 'runner' may not delete persistentvolumeclaims, which 'delete-claim' does → let it: runner.allow(component)"
`);
    expect(
      problems((at) => {
        const pipeline = new Pipeline(at, 'p', { runner: new Runner(at, 'runner').allow(createClaim()) });
        new Task(pipeline, 'claim', { component: createClaim(), inputs: { size: '1Gi' } });
        return pipeline;
      }),
    ).toBe('');
  });

  test('a local run wants a stub, and then goes as on the engine', async () => {
    const pipeline = new Pipeline(chart(), 'p', { parameters: { words: str(`{{x}} $(HOME) "q" é\n`) } });
    const made = new Task(pipeline, 'made', { component: settingsMap, inputs: { words: pipeline.parameters.words } });
    new Task(pipeline, 'told', { component: work, inputs: { words: text`${made.outputs.name} ${made.outputs.n}` } });
    await expect(runLocally(pipeline as Any)).rejects.toThrow(
      "task 'made' would create a ConfigMap of the cluster, and a local run has none",
    );
    const seen: Any[] = [];
    const { differences, engine } = await runBoth(pipeline, {
      stubs: {
        'make-settings': ({ inputs }) => {
          seen.push(inputs.words);
          return { name: 'it is {{workflow.uid}} $(X)', n: 7 };
        },
        work: ({ inputs }) => {
          seen.push(inputs.words);
          return { count: 1 };
        },
      },
    });
    expect(differences).toEqual([]);
    expect(engine.state).toBe('Succeeded');
    expect(new Set(seen)).toEqual(new Set([`{{x}} $(HOME) "q" é\n`, 'it is {{workflow.uid}} $(X) 7']));
  });
});

/** Checked by the compiler alone. */
export function typeErrors(at: Chart): void {
  const pipeline = new Pipeline(at, 'p', { parameters: { lr: float(0.1), size: str() } });
  const claim = new Task(pipeline, 'claim', { component: createClaim(), inputs: { size: pipeline.parameters.size } });
  // @ts-expect-error a claim needs a size
  new Task(pipeline, 'a', { component: createClaim(), inputs: {} });
  // @ts-expect-error a number is no size
  new Task(pipeline, 'b', { component: createClaim(), inputs: { size: pipeline.parameters.lr } });
  // @ts-expect-error a claim has a name, and no path
  claim.outputs.path;
  // @ts-expect-error what is deleted gives nothing
  new Task(pipeline, 'c', { component: deleteClaim(), inputs: { pvc_name: 'x' } }).outputs.name;
  new ResourceComponent({
    name: 'x',
    inputs: { n: int() },
    // @ts-expect-error there is no such input
    manifest: ({ inputs }) => ({ apiVersion: 'v1', kind: 'Pod', spec: inputs.m }),
  });
  // @ts-expect-error a manifest has a kind
  new ResourceComponent({ name: 'x', manifest: { apiVersion: 'v1' } });
  // @ts-expect-error kubectl has no such action
  new ResourceComponent({ name: 'x', action: 'shake', manifest: { apiVersion: 'v1', kind: 'Pod' } });
  // @ts-expect-error there is no such retention
  new Pipeline(at, 'q', { podRetention: { strategy: 'Sometimes' } });
  // @ts-expect-error places are counted
  new Semaphore(at, 's', {});
}
