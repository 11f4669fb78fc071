import { argoCrds } from '../argo-backend/crds';
import { type Crd, minimalCrd } from '../backend/minimal-crd';
import type { KfpSettings } from './settings';

const PIPELINES = { group: 'pipelines.kubeflow.org', version: 'v2beta1' };
const CONTROLLER_GEN = { 'controller-gen.kubebuilder.io/version': 'v0.16.4' };
const TEXT = { type: 'string' };
const TEXTS = { type: 'object', additionalProperties: TEXT };
const ANYTHING = { 'x-kubernetes-preserve-unknown-fields': true };

/** The definitions of KFP's kinds, and of Argo's where it is installed with it. */
export function kfpCrds({ argo, v1, parity, kubernetesNative }: KfpSettings): readonly Crd[] {
  return [
    ...(argo ? argoCrds() : []),
    ...kfpKinds({ v1, kubernetesNative: kubernetesNative !== undefined }),
    ...(parity ? [applicationCrd()] : []),
  ];
}

/** The definitions of KFP's own kinds. */
export function kfpKinds({
  v1,
  kubernetesNative,
}: {
  readonly v1?: boolean | undefined;
  readonly kubernetesNative?: boolean | undefined;
}): readonly Crd[] {
  return [
    minimalCrd({
      group: 'kubeflow.org',
      version: 'v1beta1',
      kind: 'ScheduledWorkflow',
      shortNames: ['swf'],
      fields: { spec: undefined, status: undefined },
      required: ['spec', 'status'],
    }),
    ...(v1 ? [viewerCrd()] : []),
    ...(kubernetesNative ? [pipelineCrd(), pipelineVersionCrd()] : []),
  ];
}

function viewerCrd(): Crd {
  return minimalCrd({
    group: 'kubeflow.org',
    version: 'v1beta1',
    kind: 'Viewer',
    shortNames: ['vi'],
    fields: { spec: undefined },
    required: ['spec'],
  });
}

/** A kind of Kubernetes' SIG Apps, which no object of upstream's installation for any cluster is of. */
function applicationCrd(): Crd {
  return {
    ...minimalCrd({
      group: 'app.k8s.io',
      version: 'v1beta1',
      kind: 'Application',
      shortNames: ['app'],
      categories: ['all'],
      fields: { spec: undefined, status: undefined },
      status: true,
    }),
    labels: { 'controller-tools.k8s.io': '1.0' },
    annotations: {
      'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/application/pull/2',
      'controller-gen.kubebuilder.io/version': 'v0.4.0',
    },
  };
}

function pipelineCrd(): Crd {
  const properties = { description: TEXT, displayName: TEXT, tags: TEXTS };
  return {
    ...minimalCrd({ ...PIPELINES, kind: 'Pipeline', fields: { spec: { type: 'object', properties } } }),
    annotations: CONTROLLER_GEN,
  };
}

function pipelineVersionCrd(): Crd {
  const spec = {
    type: 'object',
    required: ['pipelineSpec'],
    properties: {
      pipelineName: TEXT,
      versionName: { type: 'string', maxLength: 253, pattern: '^[a-z0-9]([a-z0-9\\.\\-]*[a-z0-9])?$' },
      displayName: TEXT,
      description: TEXT,
      codeSourceURL: TEXT,
      pipelineSpecURI: TEXT,
      pipelineSpec: ANYTHING,
      platformSpec: ANYTHING,
      tags: TEXTS,
    },
  };
  const condition = {
    type: 'object',
    required: ['message', 'reason', 'status', 'type'],
    properties: {
      type: { type: 'string', maxLength: 316, pattern: CONDITION_TYPE },
      status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
      reason: TEXT,
      message: { type: 'string', maxLength: 32768 },
    },
  };
  const status = { type: 'object', properties: { conditions: { type: 'array', items: condition } } };
  return {
    ...minimalCrd({ ...PIPELINES, kind: 'PipelineVersion', fields: { spec, status }, status: true }),
    annotations: CONTROLLER_GEN,
  };
}

/** A qualified name of Kubernetes'. */
const CONDITION_TYPE =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$';
