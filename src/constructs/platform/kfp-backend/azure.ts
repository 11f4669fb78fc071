import type { ObjectStore } from '../object-store';
import { type ISecretReference, secretKeyOf } from '../secret-reference';
import type { StoreBinding } from './store';

/** Azure Blob Storage behind a gateway. */
export interface AzureStorage {
  /** The storage account: the first part of the host. */
  readonly account: string;
  /** Its service URL, without a slash at the end. */
  readonly endpoint: string;
  readonly host: string;
  readonly port: number;
  readonly container: string;
  /** The account's key; undefined: who the gateway's pods are to the cloud. */
  readonly accountKey?: ISecretReference;
}

/** The program before the container, and its Service. */
export const GATEWAY = 'object-store-gateway';

/** Where it speaks S3's protocol. */
export const GATEWAY_PORT = 9000;

/**
 * Azure's storage as KFP reaches it: a store of S3's protocol, whose bucket is the container. Its region is none of Azure's; clients of
 * S3's protocol sign with one.
 *
 * @param namespace the backend's
 */
export function azureBinding(
  store: Extract<ObjectStore, { kind: 'azure' }>,
  namespace: string,
): Omit<StoreBinding, 'repository'> {
  const { container, gateway, accountKeySecret } = store;
  // Of what is no URL, `azure-problems.ts` complains.
  const { host, hostname, port, protocol } = URL.canParse(store.endpoint) ? new URL(store.endpoint) : NOWHERE;
  return {
    scheme: 'minio',
    host: `${GATEWAY}.${namespace}.svc`,
    port: GATEWAY_PORT,
    secure: false,
    region: 'us-east-1',
    bucket: container,
    ...(gateway && { keys: { accessKey: secretKeyOf(gateway.accessKey), secretKey: secretKeyOf(gateway.secretKey) } }),
    azure: {
      account: hostname.split('.')[0]!,
      endpoint: `${protocol}//${host}`,
      host: hostname,
      port: Number(port || (protocol === 'http:' ? 80 : 443)),
      container,
      ...(accountKeySecret && { accountKey: accountKeySecret }),
    },
  };
}

const NOWHERE = { host: '', hostname: '', port: '', protocol: 'https:' };
