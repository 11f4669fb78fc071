import type { Finding } from './findings';
import type { Kubectl } from './kubectl';

/** Argo's controller, as it was found. */
export interface Controller {
  readonly namespace: string;
  readonly account: string;
  readonly configMap: string;
}

const KINDS = ['workflows', 'workflowtemplates', 'cronworkflows', 'workflowtaskresults', 'workflowtasksets'];

/**
 * Whether Argo is there: the definitions of its kinds, and a controller that looks at the namespace.
 *
 * @param anyRelease true where its release does not matter: KFP has its own
 */
export function examineEngine(
  kubectl: Kubectl,
  namespace: string,
  anyRelease = false,
): { readonly findings: Finding[]; readonly controller?: Controller } {
  const findings = definitions(kubectl);
  const { found, unknown } = kubectl.get('deployments', '--all-namespaces');
  if (unknown !== undefined) {
    findings.push({ verdict: 'unknown', subject: 'Argo’s controller', detail: unknown });
    return { findings };
  }
  const all = controllersIn(found);
  const watching = all.filter(({ watches }) => watches === undefined || watches === namespace);
  const [first] = watching;
  if (!first) {
    const others = all.map(({ name, watches }) => `${name} looks at '${watches}'`).join(', ');
    findings.push({
      verdict: 'missing',
      subject: 'Argo’s controller',
      detail: others || 'there is none',
      mend: 'install Argo Workflows: an ArgoBackend in the app, or https://argo-workflows.readthedocs.io/en/latest/installation/',
    });
    return { findings };
  }
  findings.push(...watching.map(({ name, image }) => (anyRelease ? present(name, image) : released(name, image))));
  for (const { name } of watching.filter(({ isReady }) => !isReady)) {
    findings.push({
      verdict: 'missing',
      subject: `Argo’s controller ${name}`,
      detail: 'no pod of it is ready',
      mend: `kubectl describe deployment ${name.split('/')[1]} -n ${name.split('/')[0]}`,
    });
  }
  if (watching.length > 1) {
    findings.push({
      verdict: 'missing',
      subject: 'Argo’s controller',
      detail: `${watching.length} look at '${namespace}': ${watching.map(({ name }) => name).join(', ')}`,
      mend: 'let one of them look elsewhere: --managed-namespace',
    });
  }
  return { findings, controller: first.controller };
}

function definitions(kubectl: Kubectl): Finding[] {
  const { ok, stdout, reason } = kubectl.ask('api-resources', '--api-group=argoproj.io', '-o', 'name');
  if (!ok) return [{ verdict: 'unknown', subject: 'Argo’s kinds', detail: reason }];
  const there = stdout.split('\n').map((line) => line.split('.')[0]);
  const missing = KINDS.filter((kind) => !there.includes(kind));
  return [
    missing.length === 0
      ? { verdict: 'ok', subject: 'Argo’s kinds', detail: 'are defined' }
      : {
          verdict: 'missing',
          subject: 'Argo’s kinds',
          detail: `not defined: ${missing.join(', ')}`,
          mend: 'apply the CustomResourceDefinitions of Argo, or an ArgoBackend',
        },
  ];
}

interface Found {
  readonly name: string;
  readonly image: string;
  /** True where a pod of it runs. */
  readonly isReady: boolean;
  /** The one namespace that it looks at. */
  readonly watches: string | undefined;
  readonly controller: Controller;
}

// biome-ignore lint/suspicious/noExplicitAny: what a cluster holds is looked at, not believed
function controllersIn(list: any): Found[] {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  return (list?.items ?? []).flatMap((deployment: any): Found[] => {
    const pod = deployment?.spec?.template?.spec;
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const container = pod?.containers?.find((each: any) => /(^|\/)workflow-controller[:@]/.test(String(each?.image)));
    if (!container) return [];
    const args: string[] = [...(container.command ?? []), ...(container.args ?? [])].map(String);
    const option = (name: string) => {
      const index = args.findIndex((each) => each === name || each.startsWith(`${name}=`));
      if (index < 0) return undefined;
      return args[index] === name ? args[index + 1] : args[index]!.slice(name.length + 1);
    };
    const { name, namespace } = deployment.metadata;
    const { status } = deployment;
    const isNamespaced = args.some((each) => each === '--namespaced' || each === '--namespaced=true');
    return [
      {
        name: `${namespace}/${name}`,
        image: String(container.image),
        watches: isNamespaced ? (option('--managed-namespace') ?? namespace) : undefined,
        isReady: status === undefined || Number(status.readyReplicas) > 0,
        controller: {
          namespace,
          account: pod.serviceAccountName ?? 'default',
          configMap: option('--configmap') ?? 'workflow-controller-configmap',
        },
      },
    ];
  });
}

function present(name: string, image: string): Finding {
  const version = /[:@]v?([^:@]+)$/.exec(image)?.[1] ?? image;
  return { verdict: 'ok', subject: `Argo’s controller ${name}`, detail: version };
}

/** Releases between 3.6 and now in which a run with skipped outputs hangs. */
function released(name: string, image: string): Finding {
  const subject = `Argo’s controller ${name}`;
  const [, major, minor, patch] = /:v(\d+)\.(\d+)\.(\d+)/.exec(image)?.map(Number) ?? [];
  if (major === undefined) return { verdict: 'unknown', subject, detail: `its release cannot be told from '${image}'` };
  const version = `${major}.${minor}.${patch}`;
  const isOld = major < 3 || (major === 3 && minor! < 6);
  const hangs = (major === 3 && minor === 7 && patch! < 16) || (major === 4 && minor === 0 && patch! < 7);
  if (!isOld && !hangs) return { verdict: 'ok', subject, detail: version };
  return {
    verdict: 'missing',
    subject,
    detail: isOld ? `${version} is older than 3.6` : `runs with skipped outputs hang in ${version}`,
    mend: 'upgrade to 3.7.16, 4.0.7, or newer',
  };
}
