import { isObjectName } from '../../../graph/rules/settings';
import { isKey } from '../secret-reference';
import type { KfpProblem } from './problems';
import { issuerProblems } from './prop-problems';
import { type KfpRelease, NEWER } from './release';
import type { KfpSettings } from './settings';

/** What is wrong with TLS between the programs. */
export function tlsProblems({ parity, tls, release, multiUser, store, props }: KfpSettings): KfpProblem[] {
  if (parity || !tls) return [];
  const { issuer } = tls;
  const problem = (message: string, mend: string): KfpProblem => ({ code: 'KFP1745', message, mend });
  if (!release.tls) {
    return [problem(`KFP ${release.version} has programs that speak no TLS`, `leave out \`tls\`, or ${NEWER}`)];
  }
  return [
    ...(multiUser
      ? [
          problem(
            'with several teams Istio is what encrypts, and pods of runs would lack the certificate in their namespaces',
            'leave out `tls`',
          ),
        ]
      : []),
    ...issuerProblems('tls', issuer).map((each): KfpProblem => ({ ...each, code: 'KFP1745' })),
    ...(props.caBundle && !issuer
      ? [
          problem(
            'pods of runs take one bundle of authorities, and that of `caBundle` cannot hold the backend’s own',
            'give `tls` an `issuer` whose certificate is in the bundle, or leave out one of both',
          ),
        ]
      : []),
    ...(store.caCertificate
      ? [
          problem(
            `KFP ${release.version}'s launcher asks for its authorities before it knows that of the store, where programs speak TLS`,
            'leave out `tls`, or have the certificate of the store signed by a public authority',
          ),
        ]
      : []),
  ];
}

/** What is wrong with the authorities that runs trust. */
export function bundleProblems({ parity, props, release, tls }: KfpSettings): KfpProblem[] {
  const { caBundle } = props;
  if (parity || caBundle === undefined) return [];
  const problem = (message: string, mend: string): KfpProblem => ({ code: 'KFP1746', message, mend });
  const { configMap, key } = Object(caBundle);
  if (!isObjectName(configMap) || !isKey(key)) {
    return [problem('`caBundle` names no key of a ConfigMap', "give { configMap: 'authorities', key: 'ca.crt' }")];
  }
  if (!release.tls) {
    return [
      problem(
        `pods of runs of KFP ${release.version} trust public authorities only`,
        `leave out \`caBundle\`, or ${NEWER}`,
      ),
    ];
  }
  return tls ? [] : [importers('caBundle', release)];
}

/** What is wrong with the authorities of the database and the store. */
export function authorityProblems({ parity, props, release, tls, store, database }: KfpSettings): KfpProblem[] {
  if (parity) return [];
  const problem = (message: string, mend: string): KfpProblem => ({ code: 'KFP1747', message, mend });
  return [
    ...(database.caCertificate && database.tls !== 'verify-full'
      ? [
          problem(
            'the `caCertificate` of the database is for nothing: its certificate is not checked',
            "leave out `tls` of it, or say 'verify-full'",
          ),
        ]
      : []),
    ...(store.caCertificate && !store.secure
      ? [problem('the `caCertificate` of the object store is for nothing: it is `insecure`', 'leave out one of both')]
      : []),
    ...(store.caCertificate && !release.tls
      ? [
          problem(
            `pods of runs of KFP ${release.version} trust public authorities only, and not the store’s \`caCertificate\``,
            NEWER,
          ),
        ]
      : []),
    ...(store.caCertificate && release.tls && !tls && !props.caBundle ? [importers('caCertificate', release)] : []),
  ];
}

/** Its importer takes a bundle for the news that the metadata store speaks TLS. */
function importers(of: 'caBundle' | 'caCertificate', { version }: KfpRelease): KfpProblem {
  const mend = {
    caBundle: 'where pipelines have importers, give `tls` too, with an `issuer` whose certificate is in the bundle',
    caCertificate: 'where pipelines have importers, have the certificate of the store signed by a public authority',
  }[of];
  return {
    code: of === 'caBundle' ? 'KFP1746' : 'KFP1747',
    severity: 'warning',
    message: `with \`${of}\` importers of KFP ${version} do not work: they speak TLS to the metadata store, which does not`,
    mend,
  };
}
