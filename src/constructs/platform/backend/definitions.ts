import type { Construct } from 'constructs';
import { Manifest } from '../../manifest';
import { unshared } from '../unshared';
import type { Crd } from './minimal-crd';
import { SYNC_WAVE, waveOf } from './sync-waves';

const KIND = 'CustomResourceDefinition';

/**
 * What keeps a definition where an app has it no more: all objects of its kind would go with it. For Argo CD, and for Flux.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
 */
const KEPT = {
  'argocd.argoproj.io/sync-options': 'Prune=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/**
 * Makes definitions of kinds.
 *
 * @param plain true to add nothing to what is given
 */
export function addDefinitions(scope: Construct, definitions: readonly Crd[], plain = false): void {
  for (const { name, labels, annotations, spec } of definitions) {
    new Manifest(scope, name, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: KIND,
      name,
      namespace: 'none',
      labels: labels ?? {},
      annotations: { ...annotations, ...(!plain && { ...KEPT, [SYNC_WAVE]: String(waveOf(KIND, name)) }) },
      body: () => ({ fields: { spec: unshared(spec) } }),
    });
  }
}
