import type { Construct } from 'constructs';
import { expectKinds } from '../kinds';
import type { KfpBackendProps, KfpParityProps } from './props';

/**
 * Sees that props are of the kind that TypeScript wants, as far as a diagnostic could not say so.
 *
 * @throws where something is not
 */
export function expectPropKinds(construct: Construct, props: KfpBackendProps | KfpParityProps): void {
  const given: Partial<KfpBackendProps> = props?.parity === 'upstream' ? {} : (props ?? {});
  expectKinds(construct, given, {
    ...(props?.parity !== 'upstream' && { database: 'an object!', objectStore: 'an object!' }),
    multiUser: 'an object',
    runs: 'an object',
    ...(typeof given.argo !== 'string' && { argo: 'an object' as const }),
    programs: 'an object',
    images: 'an object',
    proxy: 'an object',
    exposure: 'an object',
    workloadIdentity: 'an object',
    runner: 'an object',
  });
  const names = Object.keys(given.programs ?? {});
  expectKinds(construct, given.programs, Object.fromEntries(names.map((name) => [name, 'an object'])), 'programs');
  for (const [name, options] of Object.entries(given.programs ?? {})) {
    const kinds = { resources: 'an object', env: 'an object', labels: 'an object', annotations: 'an object' } as const;
    const places = { nodeSelector: 'an object', tolerations: 'a list', affinity: 'an object' } as const;
    expectKinds(construct, options, { ...kinds, ...places }, `programs['${name}']`);
  }
  expectKinds(construct, given.runs, { workflowTtl: 'a Duration of cdk8s', securityContext: 'an object' }, 'runs');
  if (typeof given.argo === 'object') {
    expectKinds(
      construct,
      given.argo,
      { retention: 'an object', executor: 'an object', workflowDefaults: 'an object' },
      'argo',
    );
  }
  expectKinds(construct, given.images, { pullSecrets: 'a list' }, 'images');
  expectKinds(construct, given.proxy, { http: 'a text', https: 'a text', except: 'a list' }, 'proxy');
  const { runner } = given;
  const identity = { annotations: 'an object!', podLabels: 'an object' } as const;
  expectKinds(
    construct,
    runner,
    { annotations: 'an object', workloadIdentity: 'an object', rules: 'a list', imagePullSecrets: 'a list' },
    'runner',
  );
  if (given.workloadIdentity) expectKinds(construct, given.workloadIdentity, identity, 'workloadIdentity');
  if (runner?.workloadIdentity) expectKinds(construct, runner.workloadIdentity, identity, 'runner.workloadIdentity');
  expectKinds(construct, given.exposure, { annotations: 'an object', from: 'an object' }, 'exposure');
}
