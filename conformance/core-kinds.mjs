import fs from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { complaintsAbout } from './kubernetes-schemas.mjs';

/** Groups whose kinds are held against the schemas of their CustomResourceDefinitions. */
const DEFINED = [
  'argoproj.io',
  'cert-manager.io',
  'cluster.x-k8s.io',
  'gateway.networking.k8s.io',
  'karpenter.k8s.aws',
  'karpenter.sh',
  'kueue.x-k8s.io',
  'networking.istio.io',
  'security.istio.io',
];

/** Groups whose schemas are in no registry: nothing checks these here. */
const UNCHECKED = [
  'cloud.google.com',
  'container.cnrm.cloud.google.com',
  'karpenter.azure.com',
  'nvidia.com',
  // What they hold is a KFP document, which KFP's own classes read elsewhere.
  'pipelines.kubeflow.org',
];

const OTHERS = [...DEFINED, ...UNCHECKED];

/**
 * Complaints about the objects of Kubernetes' own kinds in some YAML files, by Kubernetes' schemas; an empty text where there
 * are none.
 *
 * @param {readonly string[]} files
 */
export function checkCoreKinds(files) {
  const broken = [];
  const objects = files.flatMap((file) =>
    parseAllDocuments(fs.readFileSync(file, 'utf8'), { version: '1.1', uniqueKeys: true }).flatMap((document) => {
      broken.push(...document.errors.map((error) => `${file}: ${error.message}`));
      const object = document.toJS();
      const [group] = `${object?.apiVersion}`.split('/');
      return OTHERS.includes(group) ? [] : [{ of: `${file}: ${object?.kind} ${object?.metadata?.name}`, object }];
    }),
  );
  return [...broken, complaintsAbout(objects)].filter((complaint) => complaint !== '').join('\n');
}
