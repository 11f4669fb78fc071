import { Testing } from 'cdk8s';
import { ContainerComponent, Pipeline, Task } from 'cdk8s-kfp';
import { Pods } from './fixtures/apps/pods';
import { strategicMerge } from './pods/merge';
import { podOf } from './pods/pod';
import { problemsOf } from './pods/problems';
import { violations } from './pods/restricted';
import { synth } from './synth';

// biome-ignore lint/suspicious/noExplicitAny: pods are read and broken field by field
type Any = any;

let spec: Any;
beforeAll(() => {
  spec = synth(new Pods(Testing.app(), 'pods')).find(({ kind }: Any) => kind === 'WorkflowTemplate').spec;
});

function pod(name: string): Any {
  const template = spec.templates.find((each: Any) => each.name === name);
  return podOf(spec, template);
}

test('every setting makes pods that the API takes', () => {
  const names = spec.templates.filter(({ container }: Any) => container).map(({ name }: Any) => name);
  expect(names).toHaveLength(10);
  for (const name of names) expect([name, problemsOf(pod(name))]).toEqual([name, []]);
});

test('what is known to the run alone reaches the containers beside the main one', () => {
  const { containers, initContainers, volumes } = pod('late-resources').spec;
  const [main, beside] = containers;
  expect(main.resources).toEqual({
    requests: { cpu: '2', memory: '4Gi' },
    limits: { memory: '4Gi', 'nvidia.com/gpu': expect.anything() },
  });
  expect(beside.resources).toEqual({ requests: { cpu: '2', memory: '1Gi' }, limits: { cpu: '2', memory: '1Gi' } });
  expect(beside.image).toBe('some-name');
  expect(beside.volumeMounts.map(({ mountPath }: Any) => mountPath).sort()).toEqual([
    '/dev/shm',
    '/kfp/work',
    '/more',
    '/scratch',
  ]);
  expect(initContainers[0].resources).toEqual({ requests: { memory: '4Gi' }, limits: { memory: '4Gi' } });
  expect(volumes.map(({ name }: Any) => name)).toEqual(['work', 'ephemeral-scratch', 'memory-dev-shm', 'empty-more']);
});

describe('Pod Security "restricted"', () => {
  test('Python components keep to it, and containers that are told to', () => {
    expect(violations(pod('say'))).toEqual([]);
    expect(violations(pod('restricted'))).toEqual([]);
  });

  test('containers as they are lack a user, and no more', () => {
    expect(violations(pod('plain'))).toEqual(['main: runAsNonRoot']);
  });

  test('a container’s own security context stands over the defaults', () => {
    const [, proxy, web] = pod('restricted').spec.containers;
    expect(proxy.securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
    expect(web.securityContext.capabilities).toEqual({ drop: ['ALL'], add: ['NET_BIND_SERVICE'] });
    const beside = pod('late-resources').spec.containers[1];
    expect(beside.securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
  });

  test('a container beside the main one that is told to be root where no root may be', () => {
    const pipeline = new Pipeline(Testing.chart(), 'p');
    const component = new ContainerComponent({ name: 'work', image: 'work:1', command: ['work'] });
    const root = { name: 'side', image: 'side:1', extra: { securityContext: { runAsUser: 0 } } };
    new Task(pipeline, 'refused', { component, security: 'restricted', sidecars: [root] });
    new Task(pipeline, 'taken', { component, sidecars: [root] });
    expect(pipeline.diagnostics.map(({ code, path, message }) => `${code} ${path}: ${message}`)).toEqual([
      "KFP1248 test/p/refused: the container 'side' is told to run as user 0, and not to run as root",
    ]);
  });

  /** Faults, each with what is said of it. */
  const faults: readonly (readonly [patch: Any, said: string])[] = [
    [{ hostNetwork: true }, 'hostNetwork'],
    [{ hostPID: true }, 'hostPID'],
    [{ hostIPC: true }, 'hostIPC'],
    [{ volumes: [{ name: 'node', hostPath: { path: '/' } }] }, 'volume node: hostPath'],
    [{ volumes: [{ name: 'home', nfs: { server: 'x', path: '/' } }] }, 'volume home: nfs'],
    [{ securityContext: { runAsUser: 0 } }, 'pod: runAsUser'],
    [{ securityContext: { runAsNonRoot: false } }, 'main: runAsNonRoot'],
    [{ securityContext: { seccompProfile: { type: 'Unconfined' } } }, 'main: seccompProfile'],
    [{ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }, 'sysctl kernel.msgmax'],
    [{ securityContext: { seLinuxOptions: { type: 'spc_t' } } }, 'pod: seLinuxOptions'],
    [{ securityContext: { appArmorProfile: { type: 'Unconfined' } } }, 'pod: appArmorProfile'],
    [{ securityContext: { windowsOptions: { hostProcess: true } } }, 'pod: hostProcess'],
    ...['main', 'proxy', 'prepare'].flatMap((name): [Any, string][] => {
      const kind = name === 'prepare' ? 'initContainers' : 'containers';
      const own = (securityContext: Any) => ({ [kind]: [{ name, securityContext }] });
      return [
        [own({ privileged: true }), `${name}: privileged`],
        [own({ allowPrivilegeEscalation: true }), `${name}: allowPrivilegeEscalation`],
        [own({ allowPrivilegeEscalation: null }), `${name}: allowPrivilegeEscalation`],
        [own({ runAsNonRoot: false }), `${name}: runAsNonRoot`],
        [own({ runAsUser: 0 }), `${name}: runAsUser`],
        [own({ seccompProfile: { type: 'Unconfined' } }), `${name}: seccompProfile`],
        [own({ capabilities: null }), `${name}: capabilities.drop`],
        [own({ capabilities: { add: ['SYS_PTRACE'] } }), `${name}: capabilities.add`],
        [own({ procMount: 'Unmasked' }), `${name}: procMount`],
        [{ [kind]: [{ name, ports: [{ containerPort: 1, hostPort: 1 }] }] }, `${name}: hostPort`],
        [
          { [kind]: [{ name, livenessProbe: { tcpSocket: { port: 1, host: 'x' } } }] },
          `${name}: host of a probe or hook`,
        ],
      ];
    }),
  ];

  test.each(faults)('%j is seen', (patch, said) => {
    const { spec: whole, ...rest } = pod('restricted');
    expect(violations({ ...rest, spec: strategicMerge(whole, patch) })).toContain(said);
  });
});
