// Prints what the client of a KFP server asks for, and what the tests' server answers, as JSON.
import { KfpClient } from '../src/kfp/client/client';
import { makeAllCalls } from '../test/kfp-server/calls';
import { KfpServer } from '../test/kfp-server/server';

async function main(): Promise<void> {
  const server = new KfpServer();
  const host = await server.start();
  await makeAllCalls(new KfpClient({ host, namespace: 'ml' }), server);
  await server.stop();
  const isJson = (value: unknown) => !Buffer.isBuffer(value);
  console.log(JSON.stringify(server.exchanges.filter(({ body, answer }) => isJson(body) && isJson(answer))));
}

void main();
