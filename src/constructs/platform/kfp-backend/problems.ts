import { isIP } from 'node:net';
import { type Database, databaseProblems } from '../database';
import { choiceProblems, type Problem } from '../problems';
import { exposureProblems } from './exposure-problems';
import { whoProblems } from './identity-problems';
import { imageProblems } from './image-problems';
import { multiUserProblems } from './multi-user-problems';
import { networkProblems } from './network-problems';
import { placementProblems } from './placement-problems';
import type { Program } from './program';
import { databaseNameProblems, propProblems } from './prop-problems';
import { proxyProblems } from './proxy-problems';
import { KFP_VERSIONS, NEWER } from './release';
import type { KfpSettings } from './settings';
import { storeBindingProblems } from './store-problems';
import { authorityProblems, bundleProblems, tlsProblems } from './tls-problems';

/** What is wrong or doubtful, with its code; a warning where it says so. */
export interface KfpProblem extends Problem {
  readonly code: string;
  readonly severity?: 'warning';
}

/** Looks at one thing of a backend. */
type Check = (settings: KfpSettings, programs: readonly Program[]) => readonly KfpProblem[];

const CHECKS: readonly Check[] = [
  propProblems,
  versionProblems,
  imageProblems,
  releaseProblems,
  parityProblems,
  mysqlProblems,
  storeBindingProblems,
  tlsProblems,
  bundleProblems,
  authorityProblems,
  placementProblems,
  proxyProblems,
  whoProblems,
  networkProblems,
  exposureProblems,
  multiUserProblems,
];

/** Everything that is wrong or doubtful about a backend. */
export function kfpProblems(settings: KfpSettings, programs: readonly Program[]): readonly KfpProblem[] {
  return CHECKS.flatMap((check) => check(settings, programs));
}

function versionProblems({ props }: KfpSettings): KfpProblem[] {
  return choiceProblems('the `version` of KFP', props.version, KFP_VERSIONS).map((each) => ({
    ...each,
    code: 'KFP1731',
  }));
}

/** What the release cannot do, but for what is told beside other things of the same prop. */
function releaseProblems({ kubernetesNative, release, props }: KfpSettings): KfpProblem[] {
  const found: readonly (readonly [boolean, string, string])[] = [
    [
      kubernetesNative !== undefined && !release.kubernetesNative,
      'keeps no pipelines as objects of Kubernetes',
      '`kubernetesNative`',
    ],
    [
      props.runs?.securityContext !== undefined && !release.securityContext,
      'runs containers as their images say',
      '`runs.securityContext`',
    ],
  ];
  return found
    .filter(([is]) => is)
    .map(([, does, prop]) => ({
      code: 'KFP1732',
      message: `KFP ${release.version} ${does}`,
      mend: `leave out ${prop}, or ${NEWER}`,
    }));
}

function parityProblems({ parity }: KfpSettings): KfpProblem[] {
  if (!parity) return [];
  return [
    {
      code: 'KFP1733',
      severity: 'warning',
      message: "with `parity` there are upstream's well-known passwords, rights and open ports",
      mend: 'for an installation that is used, leave out `parity` and give `database` and `objectStore`',
    },
  ];
}

/** What is told to nobody may hold a password: a URL in place of a host. */
function addressProblems({ host, database }: Database): Problem[] {
  return [
    ...(host === '' || isIP(host) !== 0 || /^\w[\w.-]*$/.test(host)
      ? []
      : [
          { message: 'the `host` of the database is no host', mend: "write it without scheme and port: 'db.internal'" },
        ]),
    ...(database === '' ? [] : databaseNameProblems('the `database`', database)),
  ];
}

function mysqlProblems({ parity, props, tls }: KfpSettings): KfpProblem[] {
  const { database } = props;
  if (parity || !database) return [];
  const found = [...databaseProblems(database), ...addressProblems(database)].map((each) => ({
    ...each,
    code: 'KFP1734',
  }));
  if (found.length > 0) return found;
  if (database.kind === 'postgres') {
    return [
      {
        code: 'KFP1734',
        message:
          'KFP’s programs do not work with PostgreSQL, though upstream has manifests for it (kubeflow/pipelines#13956)',
        mend: 'give Database.mysql, or Database.tryOut',
      },
    ];
  }
  if (database.tryOut) {
    return [
      {
        code: 'KFP1735',
        severity: 'warning',
        message: 'pipelines and runs are kept in a try-out database: one pod, one volume, no TLS, no backups',
        mend: 'in production, give Database.mysql',
      },
    ];
  }
  if (database.tls !== 'disable') return [];
  return [
    {
      code: 'KFP1736',
      ...(!tls && { severity: 'warning' as const }),
      message: `the password of the database at '${database.host}' crosses the network in the clear`,
      mend: tls
        ? 'where programs speak TLS, so does the database: leave out `tls` of it'
        : 'leave out what disables TLS',
    },
  ];
}
