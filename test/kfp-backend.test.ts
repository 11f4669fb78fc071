import * as fs from 'node:fs';
import { Chart, Duration, Testing, Yaml } from 'cdk8s';
import { Database, KfpBackend, ObjectStore } from '../src';
import { synth } from './synth';

const secret = (name: string, key: string) => ({ secret: name, key });
test('x', () => {
  const chart = new Chart(Testing.app(), 'platform', { namespace: 'ml' });
  new KfpBackend(chart, 'kfp', {
    database: Database.mysql({
      host: 'db.internal',
      database: 'mlpipeline',
      username: secret('db', 'user'),
      password: secret('db', 'password'),
    }),
    objectStore: ObjectStore.s3({ bucket: 'ml', region: 'eu-central-1' }),
  });
  fs.writeFileSync('/tmp/parity/own.yaml', Yaml.stringify(...synth(chart)));
});
