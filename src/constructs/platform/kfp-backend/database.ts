import type { Database } from '../database';
import { type ISecretReference, secretKeyOf } from '../secret-reference';
import type { KfpSettings } from './settings';

/** The database as KFP's programs reach it. */
export interface DatabaseBinding {
  readonly host: string;
  readonly port: number;
  readonly username: ISecretReference;
  readonly password: ISecretReference;
  /** The names of the databases in it. */
  readonly names: { readonly pipelines: string; readonly metadata: string; readonly cache: string };
  readonly tls: 'disable' | 'require' | 'verify-full';
  /** The certificate of whoever signed its own; undefined: public authorities. */
  readonly caCertificate?: ISecretReference;
  /** Whether it is one of ours, and which. */
  readonly bundled?: 'upstream' | 'try-out';
}

/** The Secret of upstream's database. */
export const UPSTREAM_DATABASE_SECRET = 'mysql-secret';

/** Upstream's own database: one pod, and a user without a password. */
export const UPSTREAM_DATABASE: DatabaseBinding = {
  host: 'mysql',
  port: 3306,
  username: { name: UPSTREAM_DATABASE_SECRET, key: 'username' },
  password: { name: UPSTREAM_DATABASE_SECRET, key: 'password' },
  names: { pipelines: 'mlpipeline', metadata: 'metadb', cache: 'cachedb' },
  tls: 'disable',
  bundled: 'upstream',
};

/**
 * A database that is somebody else's.
 *
 * @throws where a credential is no reference
 */
export function databaseBinding(database: Database, metadata = 'metadb'): DatabaseBinding {
  // What is no MySQL is refused by `problems.ts`; until then it is taken for one.
  const { host, username, password, database: pipelines } = database;
  const { port = 3306, tls = 'verify-full', caCertificate } = database.kind === 'mysql' ? database : {};
  return {
    host,
    port,
    username: secretKeyOf(username),
    password: secretKeyOf(typeof password === 'string' ? { secret: 'none', key: 'none' } : password),
    names: { pipelines, metadata, cache: 'cachedb' },
    tls,
    ...(caCertificate && { caCertificate: secretKeyOf(caCertificate) }),
  };
}

/** The keys of `pipeline-install-config` that programs other than the API server find its address by. */
export function databaseKeys({ parity, release }: KfpSettings): { readonly host: string; readonly port: string } {
  return parity ? release.databaseKeys : DATABASE_KEYS;
}

/** The keys that the API server finds its address by. */
export const DATABASE_KEYS = { host: 'mysqlHost', port: 'mysqlPort' } as const;

/**
 * How Go's driver for MySQL is to speak TLS, as KFP's programs are told of its parameters; undefined: not at all.
 *
 * @see https://pkg.go.dev/github.com/go-sql-driver/mysql#readme-tls
 */
export function driverParameters({ tls }: DatabaseBinding): string | undefined {
  return tls === 'disable' ? undefined : JSON.stringify({ tls: tls === 'require' ? 'skip-verify' : 'true' });
}
