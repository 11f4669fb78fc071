import { Chart, Testing } from 'cdk8s';
import { ContainerComponent, Pipeline, Runner, type RunnerProps, Task } from '../src';
import { synth } from './synth';

const step = new ContainerComponent({ name: 'step', image: 'busybox:1.37', command: ['true'] });

function chartOf(namespace = 'ml') {
  return new Chart(Testing.app(), namespace, { namespace });
}

// biome-ignore lint/suspicious/noExplicitAny: what a test may have got wrong is a text as well
const messageOf = (make: () => any): string => {
  try {
    make();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a runner of several namespaces', () => {
  test('is an account with a token and rights in each, and the controller may keep results there', () => {
    const chart = chartOf('platform');
    new Runner(chart, 'runner', {
      namespaces: ['vision', 'speech'],
      imagePullSecrets: ['registry'],
      cacheController: { namespace: 'argo' },
    });
    const objects = synth(chart);
    const inNamespace = (namespace: string) => objects.filter(({ metadata }) => metadata.namespace === namespace);
    expect(objects.map(({ kind, metadata }) => `${metadata.namespace} ${kind} ${metadata.name}`)).toEqual(
      ['vision', 'speech'].flatMap((namespace) =>
        [
          'ServiceAccount runner',
          'Secret runner.service-account-token',
          'Role runner',
          'RoleBinding runner',
          'Role runner-cache',
          'RoleBinding runner-cache',
        ].map((each) => `${namespace} ${each}`),
      ),
    );
    const [one, other] = ['vision', 'speech'].map((namespace) =>
      JSON.parse(JSON.stringify(inNamespace(namespace)).replaceAll(namespace, 'x')),
    );
    expect(one).toEqual(other);
    expect(one[0].imagePullSecrets).toEqual([{ name: 'registry' }]);
    expect(one[2].rules).toEqual([
      { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
    ]);
    // Keys of the artifact repository are mounted by Kubernetes: no account needs to read Secrets for them.
    expect(JSON.stringify(one.map(({ rules }: { rules?: unknown }) => rules))).not.toContain('secrets');
  });

  test.each([
    ['vision', ''],
    ['speech', ''],
    ['other', "KFP1724 the runner 'runner' is in the namespace 'vision', and the pods are in 'other'"],
  ])('is taken by a pipeline of %s', (namespace, complaint) => {
    const app = Testing.app();
    const runner = new Runner(new Chart(app, 'platform', { namespace: 'platform' }), 'runner', {
      namespaces: ['vision', 'speech'],
    });
    const chart = new Chart(app, 'pipelines', { namespace });
    new Task(new Pipeline(chart, 'train', { runner }), 'one', { component: step });
    const said = messageOf(() => synth(chart));
    if (complaint === '') expect(said).toBe('');
    else expect(said).toContain(complaint);
  });

  test.each<[unknown, string, Partial<RunnerProps>?]>([
    [[], 'KFP1755 the runner’s `namespaces` are no list, or an empty one'],
    ['vision', 'KFP1755 the runner’s `namespaces` are no list, or an empty one'],
    [null, 'KFP1755 the runner’s `namespaces` are no list, or an empty one'],
    [['Vision', 'a'], 'KFP1755 "Vision" is no name of a namespace'],
    [[3], 'KFP1755 3 is no name of a namespace'],
    [['a', 'b', 'a'], 'KFP1755 a namespace is named twice: a, b, a'],
    [['a'], 'KFP1755 a runner has `namespace` and `namespaces`', { namespace: 'b' }],
  ])('refuses %j', (namespaces, complaint, more = {}) => {
    const chart = chartOf();
    new Runner(chart, 'runner', { ...more, namespaces: namespaces as readonly string[] });
    expect(messageOf(() => Testing.synth(chart))).toContain(complaint);
  });
});
