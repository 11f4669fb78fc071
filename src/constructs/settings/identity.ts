import type { GraphRunner } from '../../graph/settings';
import type { IRunner } from '../platform/runner';
import { Env } from './environment';
import type { NamedObject } from './setting-value';
import type { TaskSettings } from './task-settings';
import { Volume } from './volume';

/** Who a task's pod runs as. */
export interface TaskIdentity {
  /** The service account: a Runner, or anything with the name of one. @default - the pipeline's runner */
  readonly serviceAccount?: IRunner | undefined;
}

/** A service account, as plain data. */
export function lowerRunner(runner: IRunner): GraphRunner {
  if (typeof runner.name !== 'string') throw new Error(`${String(runner)} is no service account: give { name: '…' }`);
  const { name, tokenSecret = false, podLabels, rules } = runner;
  return {
    serviceAccountName: name,
    tokenSecret,
    ...(podLabels && { podLabels }),
    ...(rules && { rules: structuredClone(rules) }),
  };
}

/** Where a key file of Google Cloud lies. */
export interface GcpCredentialsOptions {
  /** The key in the Secret that holds the JSON key file. @default - the Secret's name and `.json`, as KFP's `use_gcp_secret` has it */
  readonly key?: string | undefined;
  /** Where it is mounted. @default '/secret/gcp-credentials' */
  readonly mountPath?: string | undefined;
}

/** Which keys of a Secret hold credentials of AWS. */
export interface AwsCredentialsOptions {
  /** @default 'AWS_ACCESS_KEY_ID' */
  readonly accessKeyId?: string | undefined;
  /** @default 'AWS_SECRET_ACCESS_KEY' */
  readonly secretAccessKey?: string | undefined;
  /** The key of a session token. @default - none */
  readonly sessionToken?: string | undefined;
  /** The region. @default - none */
  readonly region?: string | undefined;
}

/**
 * Credentials of clouds from Secrets, as presets: `presets: [Credentials.aws('aws')]`. No secret's value stands in a manifest.
 * Better still is a service account that the cloud trusts: see `WorkloadIdentity`.
 */
export class Credentials {
  /** A key file of Google Cloud, where its client libraries and gcloud look for it. */
  public static gcp(secret: string | { readonly name: string }, options: GcpCredentialsOptions = {}): TaskSettings {
    const name = typeof secret === 'string' ? secret : secret.name;
    const { mountPath = '/secret/gcp-credentials', key = `${name}.json` } = options;
    const file = `${mountPath}/${key}`;
    return {
      volumes: { [mountPath]: { volume: Volume.secret(name), readOnly: true } },
      env: { GOOGLE_APPLICATION_CREDENTIALS: file, CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE: file },
    };
  }

  /** Access keys of AWS, as environment variables. */
  public static aws(secret: NamedObject, options: AwsCredentialsOptions = {}): TaskSettings {
    const {
      accessKeyId = 'AWS_ACCESS_KEY_ID',
      secretAccessKey = 'AWS_SECRET_ACCESS_KEY',
      sessionToken,
      region,
    } = options;
    return {
      env: {
        AWS_ACCESS_KEY_ID: Env.secret(secret, accessKeyId),
        AWS_SECRET_ACCESS_KEY: Env.secret(secret, secretAccessKey),
        ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: Env.secret(secret, sessionToken) }),
        ...(region !== undefined && { AWS_REGION: region }),
      },
    };
  }

  /** A service principal of Azure, as environment variables: the Secret's keys are named as they are. */
  public static azure(secret: NamedObject): TaskSettings {
    const names = ['AZ_SUBSCRIPTION_ID', 'AZ_TENANT_ID', 'AZ_CLIENT_ID', 'AZ_CLIENT_SECRET'];
    return { env: Object.fromEntries(names.map((name) => [name, Env.secret(secret, name)])) };
  }

  private constructor() {}
}
