// npm run conformance [PART...]: holds what this library makes against the real thing.
//
//   manifests    everything that tests and examples synthesise, by the schemas of Argo's CRDs and by Argo's own validator
//   pods         the pods that Argo makes of all these, by Kubernetes' schemas
//   pod-security the pods of all that runs beside workflows, by Kubernetes' own admission at PodSecurity's level "restricted"
//   expressions  everything that the expression printer prints, by Argo's own template replacement
//   runtime      what the runtime writes, by the kfp SDK's executor
//   import       what the kfp SDK compiles: imported, it says the same, and written again it is equal and loads in kfp
//   local        local runs of imported pipelines, by kfp.local
//   kfp-parity   KFP's backend in upstream's form, by facts and digests of what upstream's kustomizations render
//   server       what the client of a KFP server asks for, by the API that the kfp-server-api package embodies
//
// It needs go and python3, and their package registries; jest's tests need neither. Each part prints one line; the exit
// code is 1 where any of them failed.
import { checkExpressions } from './expressions.mjs';
import { checkImport } from './kfp-import.mjs';
import { checkLocal } from './kfp-local.mjs';
import { checkKfpParity } from './kfp-parity.mjs';
import { checkServer } from './kfp-server.mjs';
import { checkManifests } from './manifests.mjs';
import { checkPodSecurity } from './pod-security.mjs';
import { checkPods } from './pods.mjs';
import { checkRuntime } from './runtime.mjs';

const PARTS = {
  manifests: checkManifests,
  pods: checkPods,
  'pod-security': checkPodSecurity,
  expressions: checkExpressions,
  runtime: checkRuntime,
  import: checkImport,
  local: checkLocal,
  'kfp-parity': checkKfpParity,
  server: checkServer,
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
  if (!Object.hasOwn(PARTS, name)) {
    console.error(`no part is named '${name}'; there are ${Object.keys(PARTS).join(', ')}`);
    process.exit(2);
  }
  try {
    console.log(`${name}: ${PARTS[name]()}`);
  } catch (error) {
    console.error(`${name}: FAILED\n${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
