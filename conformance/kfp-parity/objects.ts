// objects: prints the objects of a KfpBackend in upstream's form, by what of upstream's they stand for.
import { App, Chart, Testing } from 'cdk8s';
import { KfpBackend, type KfpParityProps } from '../../src';

/** Upstream's kustomizations, by release: those that one backend stands for. */
const BACKENDS: readonly (KfpParityProps & { readonly environments: readonly string[] })[] = [
  { parity: 'upstream', version: '2.17.0', environments: ['cluster-scoped-resources', 'platform-agnostic'] },
  {
    parity: 'upstream',
    version: '2.17.0',
    kubernetesNative: true,
    environments: ['cluster-scoped-resources', 'cert-manager__platform-agnostic-k8s-native'],
  },
  { parity: 'upstream', version: '2.2.0', environments: ['cluster-scoped-resources', 'platform-agnostic'] },
];

// What is doubtful about upstream's own objects is known here.
console.warn = () => {};
const printed = BACKENDS.map(({ environments, ...props }) => {
  const chart = new Chart(new App(), 'kfp', { namespace: 'kubeflow' });
  new KfpBackend(chart, 'kfp', props);
  return { of: environments.map((environment) => `${props.version}.${environment}`), objects: Testing.synth(chart) };
});
console.log(JSON.stringify(printed));
