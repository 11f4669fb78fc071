import { isDnsLabel } from '../../../graph/names';
import { isObjectName } from '../../../graph/rules/settings';
import { seconds } from '../../settings/setting-value';
import { limitProblems } from '../argo-backend/prop-problems';
import { choiceProblems, type Problem, wholeProblems } from '../problems';
import type { KfpProblem } from './problems';
import type { CertificateIssuer } from './props';
import type { KfpSettings } from './settings';

/** What is wrong with props that concern no program, each by itself. */
export function propProblems({ parity, props, namespace }: KfpSettings): KfpProblem[] {
  const { kubernetesNative } = props;
  const found = [
    ...namespaceProblems(namespace),
    ...choiceProblems('`crds`', props.crds, ['minimal', 'external']),
    ...(typeof kubernetesNative === 'object' ? issuerProblems('kubernetesNative', kubernetesNative.issuer) : []),
    ...(parity ? overlookedProblems(props) : ownProblems(props)),
  ];
  return found.map((each) => ({ ...each, code: 'KFP1717' }));
}

/**
 * An issuer of certificates that is none.
 *
 * @param of where it stands among the props
 */
export function issuerProblems(of: string, issuer: CertificateIssuer | undefined): Problem[] {
  if (issuer === undefined) return [];
  const { name, kind } = Object(issuer) as Partial<CertificateIssuer>;
  return [
    ...(isObjectName(name)
      ? []
      : [{ message: `the \`issuer\` of \`${of}\` has no name`, mend: "give { name: 'ca', kind: 'ClusterIssuer' }" }]),
    ...choiceProblems(`the kind of the \`issuer\` of \`${of}\``, kind, ['Issuer', 'ClusterIssuer']),
  ];
}

/** Props of our objects beside those of upstream's: nobody would look at them. */
function overlookedProblems(props: KfpSettings['props']): Problem[] {
  const known = ['version', 'kubernetesNative', 'crds', 'createNamespace'];
  const others = Object.entries(props).filter(([name, value]) => value !== undefined && !known.includes(name));
  if (others.length === 0) return [];
  return [
    {
      message: `upstream's own objects are what they are, and nobody looks at \`${others.map(([name]) => name).join('`, `')}\``,
      mend: `leave out \`parity\`, or give nothing beside it but ${known.join(', ')}`,
    },
  ];
}

function ownProblems({
  podSecurity,
  argo,
  clusterDomain,
  timezone,
  metadataDatabase,
  runs,
  ...props
}: Props): Problem[] {
  return [
    ...choiceProblems('`parity`', (props as { readonly parity?: unknown }).parity, ['upstream']),
    ...choiceProblems('`podSecurity`', podSecurity, ['restricted', 'baseline']),
    ...(typeof argo === 'object' ? limitProblems(argo, 'argo.') : choiceProblems('`argo`', argo, ['external'])),
    ...(clusterDomain === undefined || isObjectName(clusterDomain)
      ? []
      : [{ message: '`clusterDomain` is no domain', mend: "write it without dots at its ends: 'cluster.local'" }]),
    ...(timezone === undefined || isTimezone(timezone)
      ? []
      : [{ message: '`timezone` is none that is known', mend: "write it as 'Europe/Berlin' or 'UTC'" }]),
    ...(metadataDatabase === undefined ? [] : databaseNameProblems('`metadataDatabase`', metadataDatabase)),
    ...(runs ? runProblems(runs) : []),
    ...classProblems('database', props.database),
    ...classProblems('objectStore', props.objectStore),
  ];
}

type Props = KfpSettings['props'];

/**
 * A name of a database that cannot stand in what KFP's programs make of it: a source of data for a driver, and SQL.
 *
 * @param what where it stands
 */
export function databaseNameProblems(what: string, name: string): Problem[] {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(name)) return [];
  return [
    {
      message: `${what} is no name of a database that KFP can write`,
      mend: 'use at most 64 letters, digits, underscores and hyphens',
    },
  ];
}

/** Go looks it up by a file's name: capitals count. */
function isTimezone(name: string): boolean {
  if (!/^[A-Z][\w+/-]*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The class of a try-out's volume; the empty one is none at all to Kubernetes. */
function classProblems(of: string, store: Props['database'] | Props['objectStore']): Problem[] {
  const { storageClassName = '' } = (store && 'tryOut' in store ? store.tryOut : undefined) ?? {};
  if (storageClassName === '' || isObjectName(storageClassName)) return [];
  return [
    {
      message: `the \`storageClassName\` of \`${of}\` is no name`,
      mend: 'give the name of a StorageClass that exists',
    },
  ];
}

function runProblems({ artifactPath, workflowTtl, securityContext = {} }: NonNullable<Props['runs']>): Problem[] {
  const { runAsUser, runAsGroup, runAsNonRoot } = securityContext as Readonly<Record<string, unknown>>;
  return [
    ...(artifactPath === undefined || isPath(artifactPath)
      ? []
      : [
          {
            message: '`runs.artifactPath` is no path below a bucket',
            mend: "write it without slashes at its ends, and without what means something in a URL: 'v2/artifacts'",
          },
        ]),
    ...(workflowTtl === undefined ? [] : wholeProblems('`runs.workflowTtl`, in seconds,', seconds(workflowTtl), 1)),
    ...wholeProblems('`runs.securityContext.runAsUser`', runAsUser, 0),
    ...wholeProblems('`runs.securityContext.runAsGroup`', runAsGroup, 0),
    ...(runAsNonRoot === undefined || typeof runAsNonRoot === 'boolean'
      ? []
      : [{ message: '`runs.securityContext.runAsNonRoot` is neither true nor false', mend: 'give one of both' }]),
  ];
}

function isPath(path: string): boolean {
  return path.split('/').every((part) => /^[\w.=+@,~-]+$/.test(part) && part !== '.' && part !== '..');
}

function namespaceProblems(name: string): Problem[] {
  if (isDnsLabel(name)) return [];
  return [
    {
      message: `'${name.slice(0, 80)}' cannot be the namespace of the chart`,
      mend: 'use at most 63 lower-case letters, digits and hyphens',
    },
  ];
}
