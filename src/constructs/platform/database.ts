import type { Size } from 'cdk8s';
import type { SecretKey } from '../settings/artifacts';
import { choiceProblems, type Problem, wholeProblems } from './problems';
import { type ISecretReference, secretKeyOf } from './secret-reference';

/** What every database is told of. */
interface DatabaseProps {
  /** The host's name. */
  readonly host: string;
  /** Where the user's name stands. */
  readonly username: SecretKey;
  /** Argo's table of the status of running workflows; a `KfpBackend` has none. @default 'argo_workflows' */
  readonly tableName?: string | undefined;
}

/** Props of {@link Database.postgres}. */
export interface PostgresProps extends DatabaseProps {
  /** @default 5432 */
  readonly port?: number | undefined;
  /** The database's name. */
  readonly database: string;
  /**
   * Where the password stands; or the cloud's own tokens instead: `'aws'` of RDS, `'azure'`.
   */
  readonly password: SecretKey | 'aws' | 'azure';
  /** The region, for tokens of RDS. @default - that of the pod */
  readonly region?: string | undefined;
  /**
   * How much of the server's certificate is checked, as libpq calls it. `'disable'` sends the password without TLS.
   * @default 'verify-full'
   */
  readonly sslMode?: 'disable' | 'require' | 'verify-ca' | 'verify-full' | undefined;
}

/** Props of {@link Database.mysql}. */
export interface MysqlProps extends DatabaseProps {
  /** @default 3306 */
  readonly port?: number | undefined;
  /** The database's name. A `KfpBackend` has a second one beside it, `metadataDatabase`, and makes both where its user may. */
  readonly database: string;
  /** Where the password stands. */
  readonly password: SecretKey;
  /**
   * Whether TLS is used, and its certificate checked. `'disable'` sends the password without TLS. The metadata store of a `KfpBackend`
   * encrypts, and does not check whose certificate it is: its client cannot.
   * @default 'verify-full'
   */
  readonly tls?: 'disable' | 'require' | 'verify-full' | undefined;
  /**
   * The certificate of whoever signed the server's, where no public authority did: RDS, Cloud SQL and databases of your own need it. A
   * `KfpBackend` takes it; Argo has no place for it.
   * @default - public authorities
   */
  readonly caCertificate?: SecretKey | undefined;
}

/** Props of {@link Database.tryOut}. */
export interface TryOutDatabaseProps {
  /** Where the user's name stands, which must be `root`: a Secret that you make. */
  readonly username: SecretKey;
  /** Where its password stands. */
  readonly password: SecretKey;
  /** How much it can hold. @default Size.gibibytes(10) */
  readonly size?: Size | undefined;
  /** The StorageClass of its volume. @default - the cluster's default class */
  readonly storageClassName?: string | undefined;
  /** The image: MySQL 8.4. @default - a pinned one */
  readonly image?: string | undefined;
}

/** A database of a backend. Nothing of its credentials stands in a manifest. */
export type Database =
  | ({ readonly kind: 'postgres' } & PostgresProps)
  | ({ readonly kind: 'mysql'; readonly tryOut?: TryOutDatabaseProps } & MysqlProps);

/** Databases of either kind. */
export const Database = {
  /** PostgreSQL. */
  postgres(props: PostgresProps): Extract<Database, { kind: 'postgres' }> {
    return { ...props, kind: 'postgres' };
  },

  /**
   * MySQL, and what speaks its protocol. The user of a `KfpBackend` must be allowed to log in by `mysql_native_password`, which MySQL 8.4
   * has off by default and MySQL 9 has no more: the metadata store knows no other way.
   */
  mysql(props: MysqlProps): Extract<Database, { kind: 'mysql' }> {
    return { ...props, kind: 'mysql' };
  },

  /**
   * A MySQL in the cluster, for trying a `KfpBackend` out: one pod, one volume, no TLS, no backups. Not for production: what it held
   * is lost with its volume.
   */
  tryOut(props: TryOutDatabaseProps): Extract<Database, { kind: 'mysql' }> {
    const { username, password } = props;
    return {
      kind: 'mysql',
      host: 'try-out-database',
      database: 'mlpipeline',
      username,
      password,
      tls: 'disable',
      tryOut: props,
    };
  },
} as const;

/** True where the password would cross the network in the clear. */
export function isPlain(database: Database): boolean {
  return (database.kind === 'postgres' ? database.sslMode : database.tls) === 'disable';
}

/** What is wrong with a database. A password that is no reference is told to nobody. */
export function databaseProblems(database: Database): Problem[] {
  const { kind, host, database: name, port, password } = database;
  const mode = kind === 'postgres' ? database.sslMode : database.tls;
  const modes = ['disable', 'require', ...(kind === 'postgres' ? ['verify-ca'] : []), 'verify-full'];
  const isToken = kind === 'postgres' && (password === 'aws' || password === 'azure');
  return [
    ...choiceProblems('the kind of the database', kind, ['postgres', 'mysql']),
    ...(host && name ? [] : [{ message: 'the database has no `host` or no `database`', mend: 'give both' }]),
    ...wholeProblems("the database's port", port, 1, 65535),
    ...choiceProblems(kind === 'postgres' ? '`sslMode`' : '`tls`', mode, modes),
    ...(typeof password === 'string' && !isToken
      ? [{ message: 'the password of the database is a text', mend: 'give { secret, key }: where it stands' }]
      : []),
  ];
}

/** A database as Argo's configuration describes one. */
export function argoDatabase(database: Database): Record<string, unknown> {
  const { host, username, database: name, tableName = 'argo_workflows' } = database;
  const common = { host, database: name, tableName, userNameSecret: secretKeyOf(username) };
  if (database.kind === 'mysql') {
    const { port = 3306, password, tls = 'verify-full' } = database;
    const option = { disable: 'false', require: 'skip-verify', 'verify-full': 'true' }[tls];
    return { mysql: { ...common, port, passwordSecret: secretKeyOf(password), options: { tls: option } } };
  }
  const { port = 5432, password, region, sslMode = 'verify-full' } = database;
  return {
    postgresql: {
      ...common,
      port,
      ...(typeof password !== 'string' && { passwordSecret: secretKeyOf(password) }),
      ...(password === 'aws' && { awsRDSToken: { enabled: true, ...(region !== undefined && { region }) } }),
      ...(password === 'azure' && { azureToken: { enabled: true } }),
      ssl: sslMode !== 'disable',
      sslMode,
    },
  };
}

/** The Secrets that a database's credentials stand in. */
export function databaseSecrets(database: Database): readonly ISecretReference[] {
  const { username, password } = database;
  const certificate = database.kind === 'mysql' ? database.caCertificate : undefined;
  const credentials = [username, ...(typeof password === 'string' ? [] : [password])];
  return [...credentials, ...(certificate ? [certificate] : [])].map(secretKeyOf);
}
