// npm run conformance [PART...]: holds what this library makes against the real thing.
//
//   manifests    everything that tests and examples synthesise, by the schemas of Argo's CRDs and by Argo's own validator
//   pods         the pods that Argo makes of all these, by Kubernetes' schemas
//   expressions  everything that the expression printer prints, by Argo's own template replacement
//   runtime      what the runtime writes, by the kfp SDK's executor
//
// It needs go and python3, and their package registries; jest's tests need neither. Each part prints one line; the exit
// code is 1 where any of them failed.
import { checkExpressions } from './expressions.mjs';
import { checkManifests } from './manifests.mjs';
import { checkPods } from './pods.mjs';
import { checkRuntime } from './runtime.mjs';

const PARTS = { manifests: checkManifests, pods: checkPods, expressions: checkExpressions, runtime: checkRuntime };

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
