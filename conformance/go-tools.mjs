import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse, stringify } from 'yaml';
import { CACHE, must, ROOT } from './processes.mjs';

/** The folder that has the checkers' sources (tools/) and Argo's CRDs (data/argo-crds/). */
const SHARED = path.resolve(ROOT, process.env.CDK8S_KFP_CONFORMANCE_TOOLS ?? path.join('..', 'shared'));

/** A checker of manifests by its name: a Go program, built once for each version of its sources. */
export function sharedTool(name) {
  return goTool(name, existing(path.join('tools', name)));
}

/**
 * A Go program, built once for each version of its sources. They are copied first: the folder that they are in may not
 * be written to.
 */
export function goTool(name, folder) {
  const files = fs.readdirSync(folder).filter((file) => /\.go$|^go\.(mod|sum)$/.test(file));
  const home = path.join(CACHE, 'tools', `${name}-${hashOf(folder, files)}`);
  const program = path.join(home, name);
  if (!fs.existsSync(program)) {
    console.log(`building ${name}: minutes the first time`);
    fs.mkdirSync(home, { recursive: true });
    for (const file of files) fs.copyFileSync(path.join(folder, file), path.join(home, file));
    must('go', ['build', '-o', `${name}.tmp`, '.'], { cwd: home });
    fs.renameSync(`${program}.tmp`, program);
  }
  return program;
}

/** A folder with Argo's CustomResourceDefinitions as plain YAML. */
export function argoCrds() {
  const folder = existing(path.join('data', 'argo-crds'));
  const files = fs.readdirSync(folder).filter((file) => file.endsWith('.yaml.gz'));
  const home = path.join(CACHE, 'crds', hashOf(folder, files));
  if (!fs.existsSync(home)) {
    const fresh = `${home}.tmp`;
    fs.rmSync(fresh, { recursive: true, force: true });
    fs.mkdirSync(fresh, { recursive: true });
    for (const file of files) {
      fs.writeFileSync(
        path.join(fresh, file.replace(/\.gz$/, '')),
        gunzipSync(fs.readFileSync(path.join(folder, file))),
      );
    }
    fs.renameSync(fresh, home);
  }
  return home;
}

/**
 * Where CustomResourceDefinitions of nodes, queues, gateways, certificates and meshes come from: Go modules, and the folder in each that
 * holds them. `withoutRules`: those about whole numbers would fail, since the checker reads every number as a fraction.
 */
const MODULES = [
  { module: 'github.com/aws/karpenter-provider-aws@v1.14.1', folder: 'pkg/apis/crds' },
  { module: 'sigs.k8s.io/kueue@v0.15.0', folder: 'config/components/crd/bases' },
  { module: 'sigs.k8s.io/cluster-api@v1.14.2', folder: 'core/config/crd/bases' },
  { module: 'sigs.k8s.io/gateway-api@v1.3.0', folder: 'config/crd/standard', withoutRules: true },
  { module: 'github.com/cert-manager/cert-manager@v1.18.2', folder: 'deploy/crds' },
  { module: 'istio.io/api@v1.24.0', folder: 'kubernetes' },
];

/** A folder with those, one in a file: Karpenter's, Kueue's, Cluster API's, the Gateway API's, cert-manager's, Istio's. */
export function platformCrds() {
  const home = path.join(
    CACHE,
    'crds',
    `platform-${createHash('sha256').update(JSON.stringify(MODULES)).digest('hex').slice(0, 12)}`,
  );
  if (fs.existsSync(home)) return home;
  const fresh = `${home}.tmp`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { recursive: true });
  for (const { module, folder, withoutRules } of MODULES) {
    const { Dir: downloaded } = JSON.parse(must('go', ['mod', 'download', '-json', module], { cwd: fresh }));
    const source = path.join(downloaded, folder);
    for (const file of fs.readdirSync(source).filter((name) => name.endsWith('.yaml'))) {
      const text = fs.readFileSync(path.join(source, file), 'utf8');
      const documents = (withoutRules ? ruleless(text) : text).split(/^---$/m);
      for (const [index, each] of documents.entries()) fs.writeFileSync(path.join(fresh, `${index}-${file}`), each);
    }
  }
  fs.renameSync(fresh, home);
  return home;
}

/** A definition of a kind without rules in CEL. */
function ruleless(text) {
  return stringify(parse(text, (key, value) => (key === 'x-kubernetes-validations' ? undefined : value)));
}

function existing(below) {
  const folder = path.join(SHARED, below);
  if (fs.existsSync(folder)) return folder;
  throw new Error(
    `${path.relative(ROOT, folder)} is missing. Set CDK8S_KFP_CONFORMANCE_TOOLS to the folder that has the checkers ` +
      "(tools/crdcheck, tools/argocheck) and Argo's CRDs (data/argo-crds/*.yaml.gz); they come with the project's shared files.",
  );
}

function hashOf(folder, files) {
  const hash = createHash('sha256');
  for (const file of [...files].sort()) hash.update(`${file}\0`).update(fs.readFileSync(path.join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}
