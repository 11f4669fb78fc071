import type * as kubernetes from 'kubernetes-types/core/v1';
import { namesOf } from './hosts';
import type { KfpObject } from './object';
import type { KfpSettings } from './settings';

/** The certificate that KFP's programs answer with, and the Secret that it stands in. Upstream's is called so too. */
export const CERTIFICATE = 'kfp-api-tls-cert';

/** Where programs that answer have it: `tls.crt`, `tls.key`, and `ca.crt` of whoever signed it. */
export const CERTIFICATE_FOLDER = '/etc/kfp/tls';

/** How a container has the certificate and its key. */
export const CERTIFICATE_MOUNT: kubernetes.VolumeMount = {
  name: 'tls-certs',
  mountPath: CERTIFICATE_FOLDER,
  readOnly: true,
};

/** The volume of {@link CERTIFICATE_MOUNT}. */
export const CERTIFICATE_VOLUME: kubernetes.Volume = { name: 'tls-certs', secret: { secretName: CERTIFICATE } };

const SELF_SIGNED = 'kfp-api-tls-selfsigned-issuer';
const AUTHORITY = 'kfp-api-tls-ca';
const SERVICES = ['ml-pipeline', 'metadata-grpc-service', 'metadata-envoy-service'];

/**
 * The certificate of KFP's programs, and the authority that signs it where nobody else does. Upstream's certificate is its own
 * authority: with it, each pod of KFP's could sign for the others, and a renewal would end all trust.
 *
 * @see https://cert-manager.io/docs/configuration/selfsigned/#bootstrapping-ca-issuers
 */
export function certificateObjects(settings: KfpSettings): readonly KfpObject[] {
  const { parity, tls } = settings;
  if (parity || !tls) return [];
  const { issuer } = tls;
  const dnsNames = SERVICES.flatMap((service) => namesOf(service, settings));
  return [
    ...(issuer ? [] : authority()),
    certificate(CERTIFICATE, {
      // Whoever forwards a port calls the API server so; another authority may refuse to sign it.
      dnsNames: [...dnsNames, ...(issuer ? [] : ['localhost'])],
      usages: ['digital signature', 'key encipherment', 'server auth'],
      // Programs read it when they start, so a renewed one waits for them: half a year.
      ...(!issuer && { duration: '8760h', renewBefore: '4380h' }),
      issuerRef: { kind: issuer?.kind ?? 'Issuer', name: issuer?.name ?? AUTHORITY },
    }),
  ];
}

/** An authority of the backend's own. Its key never changes, so what it signed stays trusted when it is renewed. */
function authority(): KfpObject[] {
  return [
    issuer(SELF_SIGNED, { selfSigned: {} }),
    certificate(AUTHORITY, {
      isCA: true,
      commonName: AUTHORITY,
      duration: '87600h',
      privateKey: { rotationPolicy: 'Never' },
      issuerRef: { kind: 'Issuer', name: SELF_SIGNED },
    }),
    issuer(AUTHORITY, { ca: { secretName: AUTHORITY } }),
  ];
}

function issuer(name: string, spec: object): KfpObject {
  return { apiVersion: 'cert-manager.io/v1', kind: 'Issuer', name, fields: { spec } };
}

function certificate(name: string, spec: object): KfpObject {
  const fields = { spec: { secretName: name, ...spec } };
  return { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', name, fields };
}
