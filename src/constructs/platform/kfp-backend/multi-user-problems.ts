import type { Construct } from 'constructs';
import { isDnsLabel } from '../../../graph/names';
import { isObjectName } from '../../../graph/rules/settings';
import { GUARDED, identityOf, teamFolder } from './multi-user';
import type { KfpMultiUser } from './multi-user-props';
import type { KfpProblem } from './problems';
import { NEWER } from './release';
import type { KfpSettings } from './settings';
import { KEY_FORMAT } from './store';

/** What is wrong with an installation for many teams. */
export function multiUserProblems(settings: KfpSettings): KfpProblem[] {
  const { multiUser } = settings;
  if (!multiUser) return [];
  const { istio } = multiUser as Partial<KfpMultiUser>;
  if (typeof istio !== 'object' || istio === null) {
    return [
      {
        code: 'KFP1748',
        message: 'without Istio, every pod of the cluster could say who it is, and would be believed',
        mend: 'install Istio, and give multiUser: { istio: {} }',
      },
    ];
  }
  return [
    ...identityProblems(multiUser),
    ...combinationProblems(settings),
    ...keyProblems(settings),
    ...guardProblems(settings),
  ];
}

/** The headers that mean something else to KFP or to HTTP. */
const TAKEN = ['authorization', 'connection', 'content-length', 'content-type', 'cookie', 'host'];

function identityProblems(multiUser: KfpMultiUser): KfpProblem[] {
  const { header, prefix, gateway, principal } = identityOf(multiUser);
  const [place = '', name = '', ...more] = gateway.split('/');
  const isGateway = isDnsLabel(place) && isObjectName(name) && more.length === 0;
  const isPrincipal =
    /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?\/ns\/[a-z0-9]([-a-z0-9]*[a-z0-9])?\/sa\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/;
  const isHeader = /^[a-z][-a-z0-9]{0,62}$/.test(header) && !TAKEN.includes(header);
  const { sharedRead } = multiUser as { readonly sharedRead?: unknown };
  const found = [
    isGateway || [
      `'${gateway}' is no gateway of Istio's`,
      "write its namespace and its name: 'kubeflow/kubeflow-gateway'",
    ],
    isPrincipal.test(principal) || [
      `'${principal}' is nobody to Istio; it must be one account, since whoever it is says who people are`,
      "write the account of the gateway's pods: 'cluster.local/ns/<namespace>/sa/<account>'",
    ],
    isHeader || [
      `'${header}' is no header that can say who a person is`,
      "write one of letters and hyphens: 'kubeflow-userid'",
    ],
    // Kubernetes would put the value of X for `$(X)`.
    (/^[\x21-\x7e]{0,63}$/.test(prefix) && !prefix.includes('$(')) || [
      'what stands before the name of a person is too long, or no plain text',
      "write what your login puts there: 'accounts.google.com:'",
    ],
    sharedRead === undefined ||
      typeof sharedRead === 'boolean' || [
        '`sharedRead` is neither true nor false',
        'leave it out, unless everybody may look at everything',
      ],
  ];
  return found
    .filter((each): each is string[] => each !== true)
    .map(([message = '', mend = '']) => ({ code: 'KFP1749', message, mend }));
}

function combinationProblems({ props, release, namespace }: KfpSettings): KfpProblem[] {
  const found: readonly (readonly [boolean, string, string])[] = [
    [
      props.runner !== undefined,
      'runs are in the namespaces of teams, as an account of theirs',
      'give `runner` to each KfpTenant instead',
    ],
    [
      !release.anyNamespace && namespace !== 'kubeflow',
      `runs of KFP ${release.version} look for its programs in the namespace 'kubeflow', from wherever they are`,
      `give the chart that namespace, or ${NEWER}`,
    ],
  ];
  return [
    ...found.filter(([is]) => is).map(([, message, mend]) => ({ code: 'KFP1750', message, mend })),
    ...(release.uiAsks
      ? []
      : [
          {
            code: 'KFP1750',
            severity: 'warning' as const,
            message: `KFP ${release.version} asks nobody who uploads a pipeline of no namespace, and its user interface could not keep teams' logs and artifacts apart: it shows none`,
            mend: NEWER,
          },
        ]),
  ];
}

/** What of a program's pods decides whether it believes only those whom it may. */
const GUARDS = /^(traffic\.)?sidecar\.istio\.io\/|^(MULTIUSER|ENABLE_AUTHZ|KUBEFLOW_USERID_(HEADER|PREFIX))$/;

/** Options of programs that would take away what keeps teams apart. */
function guardProblems({ props }: KfpSettings): KfpProblem[] {
  return GUARDED.flatMap((program) => {
    const { labels, annotations, env } = props.programs?.[program] ?? {};
    return Object.keys({ ...labels, ...annotations, ...env })
      .filter((name) => GUARDS.test(name))
      .map((name) => ({
        code: 'KFP1750',
        message: `'${name}' of '${program}' is what keeps teams apart, and nobody else's to set`,
        mend: 'leave it out of `programs`; for the header of a person there are `userIdHeader` and `userIdPrefix`',
      }));
  });
}

/** Keys of logs, by which the store's own policies can tell teams apart. */
function keyProblems({ props }: KfpSettings): KfpProblem[] {
  const { keyFormat } = props.objectStore ?? {};
  const folder = `${teamFolder('{{workflow.namespace}}')}/`;
  if (keyFormat === undefined || String(keyFormat).startsWith(folder)) return [];
  return [
    {
      code: 'KFP1751',
      message: `logs of all teams would be kept beside each other, by the key '${keyFormat}'`,
      mend: `leave out \`keyFormat\`, or begin it with '${folder}', as '${KEY_FORMAT}' does`,
    },
  ];
}

/** Per app, the backend that works for the teams of the whole cluster. */
const TAKEN_BY = new WeakMap<Construct, Construct>();

/** Takes the cluster, for an installation for many teams; another one would work on the same runs. */
export function clusterProblems(backend: Construct, { multiUser }: KfpSettings): KfpProblem[] {
  if (!multiUser) return [];
  const root = backend.node.root as Construct;
  const other = TAKEN_BY.get(root);
  if (other === undefined) {
    TAKEN_BY.set(root, backend);
    return [];
  }
  return [
    {
      code: 'KFP1752',
      message: `'${other.node.path}' works for the teams of the whole cluster already: both would work on each run`,
      mend: 'keep one of them, and make a KfpTenant for each team',
    },
  ];
}
