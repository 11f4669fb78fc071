import type { Construct } from 'constructs';
import type { TryOutDatabaseProps } from '../database';
import { secretKeyOf } from '../secret-reference';
import type { ImageOptions } from './images';
import { TryOut } from './try-out';
import type { WorkloadOptions } from './workload';

const NAME = 'try-out-database';
const PORT = 3306;

/** What a try-out database is made with. */
interface TryOutDatabaseOptions extends TryOutDatabaseProps {
  /** MySQL 8.4. */
  readonly image: string;
  /** The labels of the pods that log in to it, each set for one program. */
  readonly clients: readonly Readonly<Record<string, string>>[];
  readonly images: ImageOptions;
  readonly options?: WorkloadOptions;
}

/** A MySQL of one pod. The password of `root` comes from a Secret; only the programs that log in to it reach it. */
export class TryOutDatabase extends TryOut {
  public constructor(scope: Construct, id: string, { password, clients, ...props }: TryOutDatabaseOptions) {
    super(scope, id, {
      ...props,
      name: NAME,
      user: 999,
      port: { name: 'mysql', port: PORT },
      folders: { data: VOLUME, scratch: { run: '/var/run/mysqld', tmp: '/tmp' } },
      resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '2Gi' } },
      container: {
        args: [
          // A folder of its own: MySQL refuses one that is not empty, which the root of a volume need not be.
          `--datadir=${VOLUME}/data`,
          // ML Metadata knows the older way to log in only, which MySQL 8.4 has turned off.
          '--mysql-native-password=ON',
          '--authentication-policy=mysql_native_password',
          '--disable-log-bin',
        ],
        // `root` needs no name here, and its image refuses one.
        env: [{ name: 'MYSQL_ROOT_PASSWORD', valueFrom: { secretKeyRef: secretKeyOf(password) } }],
      },
      from: clients.map((labels) => ({ podSelector: { matchLabels: { ...labels } } })),
    });
  }

  /** The name of its Service in any namespace. */
  public static host(namespace: string): string {
    return `${NAME}.${namespace}.svc`;
  }
}

const VOLUME = '/var/lib/mysql';
