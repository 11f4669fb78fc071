import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { KfpClient, type KfpClientProps } from '../src/kfp/client/client';
import { type KfpError, messageOf } from '../src/kfp/client/errors';
import { delayOf } from '../src/kfp/client/retry';
import { resumed, triggerOf } from '../src/kfp/client/schedule';
import type { KfpApiRun } from '../src/kfp/client/types';
import { makeAllCalls } from './kfp-server/calls';
import { makeCertificate } from './kfp-server/certificate';
import { METADATA_ANSWERS, METADATA_REQUESTS } from './kfp-server/metadata';
import { PIPELINE } from './kfp-server/pipeline';
import { KfpServer } from './kfp-server/server';

const SECRET = 'eyJ0b2tlbiI6.c2VjcmV0';
const QUICK = { attempts: 3, baseDelayMs: 1, maxDelayMs: 20 };

let server: KfpServer;
let url: string;
let folder: string;
beforeEach(async () => {
  server = new KfpServer();
  url = await server.start();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kfp-'));
});
afterEach(async () => {
  await server.stop();
  fs.rmSync(folder, { recursive: true });
});

const clientOf = (props: Partial<KfpClientProps> = {}) => new KfpClient({ host: url, retry: QUICK, ...props });
const write = (name: string, text: string) => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
};

/** JSON whose form is what the test is about. */
// biome-ignore lint/suspicious/noExplicitAny: each test reads other fields of it
type Loose = any;

/** The error of something that must fail. */
async function failure(promise: Promise<unknown>): Promise<KfpError> {
  try {
    await promise;
  } catch (error) {
    return error as KfpError;
  }
  throw new Error('it did not fail');
}
/** Its text, with ports and folders as they are in no two runs left out. */
async function textOf(promise: Promise<unknown>): Promise<string> {
  const { message } = await failure(promise);
  return message.replaceAll(url, 'URL').replaceAll(new URL(url).host, 'HOST').replaceAll(folder, 'FOLDER');
}
const posts = () => server.lines.filter((line) => line.startsWith('POST'));

describe('every call', () => {
  test('carries the token and the namespace, and asks for nothing that it is not told to', async () => {
    await makeAllCalls(clientOf({ namespace: 'ml', token: SECRET }), server);
    expect(new Set(server.exchanges.map(({ headers }) => headers.authorization))).toEqual(
      new Set([`Bearer ${SECRET}`]),
    );
    expect(server.exchanges.map(({ status }) => status)).toEqual(server.exchanges.map(() => 200));
    const lists = server.exchanges.filter(
      ({ method, path: at }) => method === 'GET' && /(runs|pipelines|experiments)$/.test(at),
    );
    const inNamespace = lists.filter(({ query }) => query.experiment_id === undefined);
    expect(inNamespace.length).toBeGreaterThan(10);
    expect(inNamespace.filter(({ query }) => query.namespace !== 'ml')).toEqual([]);
    expect(JSON.stringify(server.exchanges.map(({ headers: _, ...rest }) => rest))).not.toContain(SECRET);
  });

  test('a run says what is run, and with what', async () => {
    await makeAllCalls(clientOf(), server);
    const [first, second, third] = server.exchanges.filter(
      (each) => each.method === 'POST' && each.path.endsWith('/runs'),
    );
    expect(first!.body).toEqual({
      display_name: 'one',
      description: 'a run',
      experiment_id: '00000000-0000-4000-8000-000000000012',
      pipeline_version_reference: {
        pipeline_id: '00000000-0000-4000-8000-000000000007',
        pipeline_version_id: '00000000-0000-4000-8000-000000000010',
      },
      runtime_config: {
        parameters: { name: 'a', epochs: 5, options: { a: [1, null] } },
        pipeline_root: 's3://bucket/root',
      },
      service_account: 'trainer',
    });
    // Flags of all tasks, also of the nested one and of one with a key of its own.
    for (const [exchange, isOn] of [
      [second!, false],
      [third!, true],
    ] as const) {
      const { pipeline_spec: both, pipeline_version_reference } = exchange.body as Loose;
      expect(pipeline_version_reference).toBeUndefined();
      expect(both.platform_spec.platforms.kubernetes.deploymentSpec.executors).toEqual({
        'exec-train': { imagePullPolicy: 'Always' },
      });
      expect(both.pipeline_spec.root.dag.tasks.train.cachingOptions).toEqual({ cacheKey: 'mine', enableCache: isOn });
      expect(both.pipeline_spec.root.dag.tasks.group.cachingOptions).toEqual({ enableCache: isOn });
      expect(both.pipeline_spec.components['comp-group'].dag.tasks.inner.cachingOptions).toEqual({ enableCache: isOn });
    }
    expect((second!.body as Loose).display_name).toMatch(/^training \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });

  test('a recurring run says when', async () => {
    await makeAllCalls(clientOf(), server);
    const made = server.exchanges.filter((each) => each.method === 'POST' && each.path.endsWith('/recurringruns'));
    const [night, often, paused, changed] = made.map(({ body }) => body as Loose);
    expect(night).toMatchObject({
      display_name: 'every night',
      trigger: {
        cron_schedule: {
          cron: '0 0 2 * * *',
          start_time: '2030-01-01T00:00:00.000Z',
          end_time: '2031-01-01T00:00:00.000Z',
        },
      },
      mode: 'ENABLE',
      max_concurrency: '2',
      no_catchup: true,
      service_account: 'trainer',
      description: 'at two',
    });
    expect(often.trigger).toEqual({ periodic_schedule: { interval_second: '600' } });
    expect(often.pipeline_version_reference).toEqual({ pipeline_id: night.pipeline_version_reference.pipeline_id });
    expect(paused).toMatchObject({
      mode: 'DISABLE',
      trigger: { cron_schedule: { cron: '@daily' } },
      no_catchup: false,
    });
    // An update changes what it is told to, and keeps the rest.
    expect(changed).toEqual({ ...night, mode: 'DISABLE', trigger: { cron_schedule: { cron: '0 0 3 * * *' } } });
    expect(made[4]!.body).toEqual({ ...paused, runtime_config: { parameters: { name: 'd' } } });
  });

  test('where pipelines are Kubernetes resources, the name of a version is one of the namespace', async () => {
    await makeAllCalls(clientOf(), server);
    const uploads = server.exchanges.filter((each) => each.path.endsWith('upload_version')).map(({ query }) => query);
    expect(uploads).toMatchObject([
      { name: '1.0.0', display_name: '1.0.0', description: 'a version' },
      { name: 'training-1.1.0', display_name: '1.1.0' },
    ]);
  });
});

test('a name that is no DNS subdomain is shown as it is, also where pipelines are Kubernetes resources', async () => {
  server.store = 'kubernetes';
  await clientOf().pipelines.upload({ text: PIPELINE }, { pipeline: 'My Training', version: '1.0 beta' });
  expect(server.objects.pipelines).toMatchObject([{ name: 'my-training', display_name: 'My Training' }]);
  expect(server.objects.pipeline_versions).toMatchObject([{ name: 'my-training-1.0-beta', display_name: '1.0 beta' }]);
  expect((await clientOf().pipelines.need('My Training')).display_name).toBe('My Training');
});

describe('an upload', () => {
  test('makes what is missing, once', async () => {
    const file = write('training-1.2.yaml', PIPELINE);
    const first = await clientOf().pipelines.upload({ file });
    expect(first).toMatchObject({ isNewPipeline: true, isNewVersion: true, version: { display_name: '1.2' } });
    const second = await clientOf().pipelines.upload({ file });
    expect(second).toMatchObject({ isNewPipeline: false, isNewVersion: false });
    expect(second.version.pipeline_version_id).toBe(first.version.pipeline_version_id);
    const asJson = write(
      'other.json',
      JSON.stringify({ pipeline_spec: server.objects.pipeline_versions![0]!.pipeline_spec }),
    );
    expect((await clientOf().pipelines.upload({ file: asJson }, { version: '1.2' })).isNewVersion).toBe(false);
    expect(posts()).toEqual(['POST /pipelines', 'POST /pipelines/upload_version']);
    expect(server.exchanges[2]!.body).toEqual({ display_name: 'training', name: 'training', description: 'trains' });
    expect(server.exchanges.find((each) => each.path.endsWith('upload_version'))!.body).toBe(PIPELINE);
  });

  test('gives the same content the same version, and other content another', async () => {
    const [one, same, other] = [PIPELINE, PIPELINE.replace('# Name', '# name'), PIPELINE.replace('3.0', '4.0')].map(
      (text) => ({ text }),
    );
    const versions = [];
    for (const source of [one, same, other])
      versions.push((await clientOf().pipelines.upload(source!)).version.display_name);
    expect(versions[0]).toMatch(/^[0-9a-f]{8}$/);
    expect(versions[1]).toBe(versions[0]);
    expect(versions[2]).not.toBe(versions[0]);
  });

  test('never takes another version for the same', async () => {
    await clientOf().pipelines.upload({ text: PIPELINE }, { version: '1' });
    const changed = { text: PIPELINE.replace('imagePullPolicy: Always', 'imagePullPolicy: Never') };
    expect(await textOf(clientOf().pipelines.upload(changed, { version: '1' }))).toMatchInlineSnapshot(`
"KFP1822 the version '1' of the pipeline 'training' exists, and the text is another one
    mend: give it a version of its own; versions on the server never change"
`);
    expect(server.objects.pipeline_versions).toHaveLength(1);
  });

  test('whose answer is lost is not taken for a failure', async () => {
    server.faults.push({ on: 'POST /apis/v2beta1/pipelines', drop: 'after' }, { on: 'upload_version', drop: 'after' });
    const done = await clientOf().pipelines.upload({ text: PIPELINE }, { version: '1' });
    expect(done).toMatchObject({ isNewVersion: true, version: { display_name: '1' } });
    expect([server.objects.pipelines, server.objects.pipeline_versions].map((each) => each!.length)).toEqual([1, 1]);
  });

  test('of what is no pipeline is refused before anything is sent', async () => {
    expect(await textOf(clientOf().pipelines.upload({ file: write('a.yaml', 'a: 1\n') }))).toContain('KFP1503');
    expect(await textOf(clientOf().pipelines.upload({ file: path.join(folder, 'none.yaml') }))).toContain('KFP1500');
    expect(server.exchanges).toEqual([]);
  });
});

describe('arguments', () => {
  test('are checked by the parameters of what is run', async () => {
    const { pipelines, runs } = clientOf();
    await pipelines.upload({ text: PIPELINE });
    const wrong = { argumentTexts: ['epochs=many', 'nmae=x', 'options'], arguments: { options: [1] } };
    expect(await textOf(runs.create({ pipeline: 'training', ...wrong }))).toMatchInlineSnapshot(`
"KFP1402 the argument 'epochs': "many" is not an int
    mend: give a value of that type, as JSON
KFP1400 'options' is no argument
    mend: write it as name=value
KFP1401 the argument 'options': [1] is not a dict
    mend: give a value of that type
KFP1401 the pipeline has no parameter 'nmae'
    mend: did you mean 'name'?
KFP1401 the required parameter 'name' has no argument
    mend: add the arguments, or give the parameters defaults"
`);
    expect(posts()).toHaveLength(2);
  });

  test('that JSON cannot carry are refused', async () => {
    const text = PIPELINE.replace('parameterType: NUMBER_INTEGER', 'parameterType: NUMBER_DOUBLE');
    const run = clientOf().runs.create({ text, argumentTexts: ['epochs=NaN', 'name=x'] });
    expect(await textOf(run)).toMatchInlineSnapshot(`
"KFP1402 the argument 'epochs' is NaN
    mend: give a finite number; the API of KFP has no other"
`);
  });
});

describe('what is not there', () => {
  test('is named, with what is', async () => {
    const { pipelines, runs, experiments, recurringRuns } = clientOf();
    const { pipeline } = await pipelines.upload({ text: PIPELINE }, { version: '1.0' });
    await experiments.create('night');
    const texts = [
      runs.create({ pipeline: 'trainnig' }),
      runs.create({ pipeline: 'training', version: '2.0' }),
      runs.create({ pipeline: { id: 'x/../y' } }),
      experiments.need('nihgt'),
      recurringRuns.need('nightly'),
      runs.idOf('mine'),
      runs.create({}),
      runs.create({ text: PIPELINE, version: '1' }),
    ];
    expect((await Promise.all(texts.map(textOf))).join('\n')).toMatchInlineSnapshot(`
"KFP1820 there is no pipeline 'trainnig'
    mend: did you mean 'training'?
KFP1820 the pipeline 'training' has no version '2.0'
    mend: did you mean '1.0'?
KFP1810 GET /apis/v2beta1/pipelines/x%2F..%2Fy: the server answered 404: ResourceNotFoundError: /apis/v2beta1/pipelines/x/../y not found.
    mend: look at the name or id; and at the host, if nothing of it is found: its URL must be that of KFP
KFP1820 there is no experiment 'nihgt'
    mend: did you mean 'night'?
KFP1820 there is no recurring run 'nightly'
    mend: look at the name, and at the namespace
KFP1820 there is no run 'mine'
    mend: look at the name, and at the namespace
KFP1830 what is to be run is not said, or said twice
    mend: give one: a pipeline of the server, a file or a text
KFP1830 a file has no versions
    mend: leave the version out, or name the pipeline on the server"
`);
    expect(server.exchanges.some((each) => each.path.endsWith('/pipelines/x%2F..%2Fy'))).toBe(true);
    server.objects.pipelines!.push({ ...pipeline, pipeline_id: 'other' });
    expect(await textOf(pipelines.need('training'))).toMatchInlineSnapshot(`
"KFP1821 2 pipelines are named 'training'
    mend: give an id: 00000000-0000-4000-8000-000000000002, other"
`);
  });
});

describe('pages', () => {
  test('are all read, and no more than are asked for', async () => {
    server.pageSize = 3;
    for (let index = 0; index < 10; index++) await clientOf().experiments.create(`e${index}`);
    server.exchanges.length = 0;
    const all = await clientOf().experiments.list();
    expect(all.map((each) => each.display_name)).toEqual([...Array(10).keys()].reverse().map((index) => `e${index}`));
    expect(server.exchanges).toHaveLength(4);
    expect(await clientOf().experiments.list({ limit: 4 })).toHaveLength(4);
    expect(server.exchanges.at(-1)!.query).toMatchObject({ page_size: '1', sort_by: 'created_at desc' });
  });

  test('that never end are an error', async () => {
    const page = { status: 200, text: '{"experiments": [], "next_page_token": "x"}' };
    server.faults.push(...Array(5).fill({ on: 'experiments', ...page }));
    expect(await textOf(clientOf().experiments.list())).toMatchInlineSnapshot(`
"KFP1809 GET /apis/v2beta1/experiments: URL answered with the same page again and again
    mend: look at the host, which must be that of KFP with the path that it is served at; and at the token, if what answered is a login page"
`);
  });
});

describe('errors', () => {
  test('say what was asked, what was answered, and what to do', async () => {
    const answers: [number, string][] = [
      [400, '{"error":"Bad name.","code":3,"message":"Bad name.","details":[]}'],
      [401, 'Jwt is expired'],
      [403, '{"message":"user may not list\\u001b[31m runs\\nin ml"}'],
      [404, '{"error_message":"no route"}'],
      [409, ''],
      [418, '<!doctype html><title>Teapot</title>'],
      [500, '{"error":{"code":13}}'],
      [503, 'no healthy upstream'],
    ];
    const texts: string[] = [];
    for (const [status, text] of answers) {
      server.faults.push(...Array(3).fill({ on: 'runs', status, text }));
      texts.push(await textOf(clientOf().runs.list()));
      server.faults.length = 0;
    }
    expect(texts.join('\n')).toMatchInlineSnapshot(`
"KFP1812 GET /apis/v2beta1/runs: the server answered 400: Bad name.
    mend: change what the server complains of
KFP1806 GET /apis/v2beta1/runs: the server answered 401: Jwt is expired
    mend: give a token that is valid now, such as with --token-file; tokens of service accounts expire
KFP1807 GET /apis/v2beta1/runs: the server answered 403: user may not list [31m runs in ml
    mend: ask for permission in that namespace, or name another one
KFP1810 GET /apis/v2beta1/runs: the server answered 404: no route
    mend: look at the name or id; and at the host, if nothing of it is found: its URL must be that of KFP
KFP1811 GET /apis/v2beta1/runs: the server answered 409
    mend: take another name, or use what is there
KFP1812 GET /apis/v2beta1/runs: the server answered 418: Teapot
    mend: change what the server complains of
KFP1813 GET /apis/v2beta1/runs: the server answered 500: {"error":{"code":13}}
    mend: try again later; the log of ml-pipeline in the cluster says more
KFP1813 GET /apis/v2beta1/runs: the server answered 503: no healthy upstream (3 attempts)
    mend: try again later; the log of ml-pipeline in the cluster says more"
`);
  });

  test('of what is no KFP server', async () => {
    server.faults.push({ on: 'runs', status: 200, text: '<html><title>Log in</title></html>' });
    expect(await textOf(clientOf().runs.list())).toMatchInlineSnapshot(`
"KFP1809 GET /apis/v2beta1/runs: URL answered with a page of HTML
    mend: look at the host, which must be that of KFP with the path that it is served at; and at the token, if what answered is a login page"
`);
    server.faults.push({ on: 'runs', status: 200, text: '[1]' }, { on: 'runs', status: 200, text: '{"runs": 3}' });
    expect(await textOf(clientOf().runs.list())).toContain('answered with what is no JSON object');
    expect(await textOf(clientOf().runs.list())).toContain('answered with no list of runs');
    server.faults.push({ on: 'runs', status: 200, text: '{"runs": [null]}' });
    expect(await textOf(clientOf().runs.list())).toContain('answered with no list of runs');
    server.faults.push({ on: 'POST /apis/v2beta1/runs', status: 200, text: '{}' });
    expect(await textOf(clientOf().runs.create({ text: PIPELINE, arguments: { name: 'x' } }))).toContain(
      'a run without id',
    );
  });

  test('of hosts', async () => {
    const hosts = [
      'http://u:pw@host',
      'http://u:pw@host:99999',
      'ftp://host',
      'http://[',
      'http://localhost:8080/#/pipelines',
    ];
    const texts = hosts.map((host) => textOf((async () => clientOf({ host }))()));
    expect((await Promise.all(texts)).join('\n')).toMatchInlineSnapshot(`
"KFP1800 the host holds credentials
    mend: give the URL of KFP, such as https://kubeflow.example.com/pipeline or http://localhost:8080
KFP1800 the host '***@host:99999' is no URL
    mend: give the URL of KFP, such as https://kubeflow.example.com/pipeline or http://localhost:8080
KFP1800 the host is neither http nor https
    mend: give the URL of KFP, such as https://kubeflow.example.com/pipeline or http://localhost:8080
KFP1800 the host 'http://[' is no URL
    mend: give the URL of KFP, such as https://kubeflow.example.com/pipeline or http://localhost:8080
KFP1800 the host has a '?' or a '#', so it is the URL of a page
    mend: give the URL of KFP, such as https://kubeflow.example.com/pipeline or http://localhost:8080"
`);
    expect(await textOf((async () => KfpClient.fromEnvironment({}, {}))())).toMatchInlineSnapshot(`
"KFP1800 no server is named
    mend: give its URL with --host (host) or in KFP_HOST"
`);
  });

  test('of the network', async () => {
    const gone = new KfpServer();
    const closed = await gone.start();
    await gone.stop();
    const refused = await failure(clientOf({ host: closed }).runs.list());
    expect(refused.message.replaceAll(new URL(closed).host, 'HOST')).toMatchInlineSnapshot(`
"KFP1804 GET /apis/v2beta1/runs: nothing listens at HOST: connect ECONNREFUSED HOST (3 attempts)
    mend: look at the host and port, at a \`kubectl port-forward\` if there is one, and at the network"
`);
    const unknown = await failure(clientOf({ host: 'http://kfp.invalid' }).runs.list());
    expect(unknown.diagnostics[0]).toMatchObject({ code: 'KFP1804', message: expect.stringContaining('kfp.invalid') });
    // A port of another protocol is none that waiting helps with.
    const other = await failure(clientOf({ host: 'http://localhost:6000' }).runs.list());
    expect(other.code).toBe('KFP1804');
    expect(other.isAmbiguous).toBe(false);
    expect(other.message).toMatch(/: the connection to localhost:6000 failed: bad port\n/);
    server.faults.push(...Array(3).fill({ on: 'runs', delayMs: 2000 }));
    expect(await textOf(clientOf({ timeoutMs: 50 }).runs.list())).toMatchInlineSnapshot(`
"KFP1804 GET /apis/v2beta1/runs: the connection to HOST failed: no answer within the time limit (3 attempts)
    mend: look at the host and port, at a \`kubectl port-forward\` if there is one, and at the network"
`);
  });

  test('hold what a server says only as far as a terminal can take it', () => {
    expect(messageOf(`{"message": "${'x'.repeat(2000)}"}`)).toHaveLength(1001);
    expect(messageOf('{"error": "a", "message": "", "error_details": "b"}')).toBe('b');
    expect(messageOf(`not ${SECRET}!`, [SECRET])).toBe('not ***!');
    expect(messageOf('a\u001b[2Jb\u009bc\u202ed')).toBe('a [2Jb c d');
  });

  test('of names of a server hold nothing that steers a terminal', async () => {
    const name = 'a\u001b]0;x\u0007\nKFP9999 b';
    server.faults.push({ on: 'pipelines', status: 200, text: '{}' });
    const pipelines = [{ pipeline_id: '1', display_name: name }];
    server.faults.push({ on: 'pipelines', status: 200, text: JSON.stringify({ pipelines }) });
    expect(await textOf(clientOf().runs.create({ pipeline: 'x' }))).toBe(
      "KFP1820 there is no pipeline 'x'\n    mend: there are a ]0;x KFP9999 b",
    );
  });

  test('of an answer that is far larger than what came', async () => {
    const packed = gzipSync(Buffer.alloc(257 * 1024 * 1024), { level: 1 });
    const bomb = http.createServer((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
    );
    await new Promise<void>((resolve) => bomb.listen(0, '127.0.0.1', resolve));
    try {
      const host = `http://127.0.0.1:${(bomb.address() as AddressInfo).port}`;
      const { message } = await failure(clientOf({ host }).runs.list());
      expect(message).toContain('answered with more than 256 MB');
    } finally {
      bomb.closeAllConnections();
      await new Promise((resolve) => bomb.close(resolve));
    }
  });
});

describe('retries', () => {
  test('of what reads', async () => {
    server.faults.push({ on: 'runs', status: 503 }, { on: 'runs', drop: 'before' });
    expect(await clientOf().runs.list()).toEqual([]);
    expect(server.exchanges).toHaveLength(3);
    for (const status of [500, 400, 501]) {
      server.exchanges.length = 0;
      server.faults.push({ on: 'runs', status });
      await failure(clientOf().runs.list());
      expect(server.exchanges).toHaveLength(1);
    }
  });

  test('wait as long as the server asks, within bounds', async () => {
    expect(delayOf(1, { baseDelayMs: 0 }, '3')).toBe(3000);
    expect(delayOf(1, { baseDelayMs: 0, maxDelayMs: 1000 }, '3600')).toBe(1000);
    const inTen = delayOf(1, { baseDelayMs: 0 }, new Date(Date.now() + 10_000).toUTCString());
    expect(inTen).toBeGreaterThan(8000);
    expect(inTen).toBeLessThanOrEqual(10_000);
    const delays = Array.from({ length: 200 }, () => delayOf(3, { baseDelayMs: 100 }));
    expect(Math.max(...delays)).toBeLessThanOrEqual(400);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(100);
    expect(delayOf(30, { maxDelayMs: 50 })).toBeLessThanOrEqual(50);
    server.faults.push({ on: 'runs', status: 429, headers: { 'retry-after': '1' } });
    const start = Date.now();
    await clientOf({ retry: { ...QUICK, maxDelayMs: 300 } }).runs.list();
    expect(Date.now() - start).toBeGreaterThanOrEqual(290);
  });

  test.each([
    ['drop', { drop: 'after' }],
    ['status', { status: 503, text: 'reset' }],
  ] as const)('never make two runs of one: %s', async (_, fault) => {
    server.faults.push({ on: 'POST /apis/v2beta1/runs', ...fault });
    const run = clientOf().runs.create({ text: PIPELINE, arguments: { name: 'x' }, name: 'mine' });
    if ('drop' in fault) expect((await run).display_name).toBe('mine');
    else
      expect(await textOf(run)).toMatchInlineSnapshot(`
"KFP1814 it is not known whether the run 'mine' was made: POST /apis/v2beta1/runs: the server answered 503: reset
    mend: list what is there before you ask for it again: it was not asked for twice"
`);
    expect(server.lines.filter((line) => line === 'POST /runs')).toHaveLength(1);
  });

  test('do not take an older run for the new one', async () => {
    const options = { text: PIPELINE, arguments: { name: 'x' }, name: 'mine' };
    const old = await clientOf().runs.create(options);
    server.faults.push({ on: 'POST /apis/v2beta1/runs', drop: 'before' });
    expect((await failure(clientOf().runs.create(options))).diagnostics[0]!.code).toBe('KFP1814');
    server.faults.push({ on: 'POST /apis/v2beta1/runs', drop: 'after' });
    expect((await clientOf().runs.create(options)).run_id).not.toBe(old.run_id);
    expect(server.objects.runs).toHaveLength(2);
  });

  test('make a run that the server cannot have got', async () => {
    server.faults.push({ on: 'POST /apis/v2beta1/runs', status: 429 });
    await clientOf().runs.create({ text: PIPELINE, arguments: { name: 'x' } });
    expect(server.objects.runs).toHaveLength(1);
  });

  test('take it that another was faster with an experiment', async () => {
    server.onRequest = (line) => {
      if (line.startsWith('POST /apis/v2beta1/experiments') && server.objects.experiments!.length === 0) {
        server.objects.experiments!.push({ display_name: 'night', experiment_id: 'theirs' });
      }
    };
    expect((await clientOf().experiments.create('night')).experiment_id).toBe('theirs');
  });

  test('of a removal whose answer is lost', async () => {
    server.objects.recurringRuns!.push({ recurring_run_id: 'r' });
    server.faults.push({ on: 'DELETE', drop: 'after' });
    await clientOf().recurringRuns.delete('r');
    expect((await failure(clientOf().recurringRuns.delete('r'))).status).toBe(404);
  });

  test('end where the caller has had enough', async () => {
    server.faults.push(...Array(9).fill({ on: 'runs', status: 503, headers: { 'retry-after': '60' } }));
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 50);
    const slow = clientOf({ retry: { attempts: 9, maxDelayMs: 60_000 } });
    expect((await failure(slow.runs.list({ signal: controller.signal }))).message).toBe('enough');
  });
});

describe('the token', () => {
  test('is read for each request', async () => {
    const file = write('token', 'first\n');
    const client = clientOf({ token: { file } });
    await client.runs.list();
    fs.writeFileSync(file, 'second\n');
    await client.runs.list();
    let count = 0;
    await clientOf({ token: async () => `t${++count}` }).runs.list();
    expect(server.exchanges.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
      'Bearer t1',
    ]);
  });

  test('goes to the host alone', async () => {
    const other = new KfpServer();
    const elsewhere = await other.start();
    server.faults.push({ on: 'runs', status: 302, headers: { location: `${elsewhere}/dex/auth?state=${SECRET}` } });
    const error = await failure(clientOf({ token: SECRET }).runs.list());
    expect(error.message.replaceAll(url, 'URL').replaceAll(elsewhere, 'ELSEWHERE')).toMatchInlineSnapshot(`
"KFP1808 GET /apis/v2beta1/runs: URL redirects to ELSEWHERE/dex/auth, which is not followed
    mend: if that is a login page, give a token; else give that URL, without the part from /apis, as the host"
`);
    expect(other.exchanges).toEqual([]);
    await other.stop();
  });

  test('does not go over plain HTTP to another machine', async () => {
    const insecure = { host: 'http://kubeflow.example.com', token: SECRET };
    expect(await textOf((async () => new KfpClient(insecure))())).toMatchInlineSnapshot(`
"KFP1801 the token would go to http://kubeflow.example.com over plain HTTP, for all to read
    mend: use https; or, where the network itself is trusted, as inside of a cluster, say so: --allow-plain-http (allowPlainHttp)"
`);
    expect(() => new KfpClient({ ...insecure, allowPlainHttp: true })).not.toThrow();
    expect(() => new KfpClient({ host: insecure.host })).not.toThrow();
    expect(() => new KfpClient({ host: insecure.host, headers: { Cookie: 'a=b' } })).toThrow('KFP1801');
    expect(() => new KfpClient({ host: url, token: SECRET, metadataHost: insecure.host })).toThrow('KFP1801');
    expect(() => new KfpClient({ host: 'http://127.0.0.1.example.com', token: SECRET })).toThrow('KFP1801');
    for (const host of ['http://localhost:1', 'http://[::1]:1', 'http://127.0.0.1:1', 'kubeflow.example.com']) {
      expect(() => new KfpClient({ host, token: SECRET })).not.toThrow();
    }
  });

  test('is in no error', async () => {
    server.faults.push({ on: 'runs', status: 403, text: `the token ${SECRET} may not` });
    const errors = [
      await failure(clientOf({ token: SECRET }).runs.list()),
      await failure(clientOf({ token: `${SECRET} and more` }).runs.list()),
      await failure(clientOf({ token: { file: write('two', `${SECRET}\n${SECRET}`) } }).runs.list()),
      await failure(clientOf({ token: { file: path.join(folder, 'none') } }).runs.list()),
      await failure(clientOf({ token: '' }).runs.list()),
    ];
    const text = errors.map(({ message }) => message.replaceAll(folder, 'FOLDER')).join('\n');
    expect(text).toMatchInlineSnapshot(`
"KFP1807 GET /apis/v2beta1/runs: the server answered 403: the token *** may not
    mend: ask for permission in that namespace, or name another one
KFP1802 the token holds what no token can: spaces, line breaks or other characters
    mend: give the token alone, as it was issued
KFP1802 the token in FOLDER/two holds what no token can: spaces, line breaks or other characters
    mend: give the token alone, as it was issued
KFP1802 the token cannot be read: ENOENT: no such file or directory, open 'FOLDER/none'
    mend: name the file that holds the token, and let this user read it
KFP1802 the token is empty
    mend: give the token alone, as it was issued"
`);
    expect(JSON.stringify(errors)).not.toContain(SECRET);
  });

  test('is as secret where a header carries it', async () => {
    const said = async (headers: Readonly<Record<string, string>>, text: string) => {
      server.faults.push({ on: 'runs', status: 403, text });
      const { message } = await failure(clientOf({ headers, retry: { attempts: 1 } }).runs.list());
      return message.split('\n')[0]!.replace(/^.* 403: /, '');
    };
    expect(await said({ Cookie: `a=b; session=${SECRET}` }, `no session ${SECRET}`)).toBe('no session ***');
    expect(await said({ 'x-api-key': SECRET }, `no key ${SECRET}`)).toBe('no key ***');
    expect(await said({ 'kubeflow-userid': 'ada@example.com' }, 'no ada@example.com')).toBe('no ada@example.com');
    server.faults.length = 0;
    const { message } = await failure(clientOf({ headers: { cookie: `${SECRET}\n${SECRET}` } }).runs.list());
    expect(message).toContain('***');
    expect(message).not.toContain(SECRET);
    expect(() => new KfpClient({ host: 'http://kubeflow.example.com', headers: { 'x-api-key': SECRET } })).toThrow(
      'KFP1801',
    );
  });

  test('is in nothing that prints or serialises a client', () => {
    const client = clientOf({ token: SECRET, headers: { cookie: SECRET } });
    expect(inspect(client, { depth: 10, showHidden: true }) + JSON.stringify(client)).not.toContain(SECRET);
  });

  test('comes from the environment', async () => {
    const file = write('token', 'of-a-file');
    const environments = [
      { KFP_HOST: url, KFP_TOKEN: 'of-kfp', KFP_TOKEN_FILE: file },
      { KF_PIPELINES_ENDPOINT: url, KF_PIPELINES_SA_TOKEN_PATH: file, KFP_NAMESPACE: 'ml' },
      { KFP_HOST: url },
    ];
    for (const environment of environments) await KfpClient.fromEnvironment({}, environment).runs.list();
    expect(server.exchanges.map(({ headers, query }) => [headers.authorization, query.namespace])).toEqual([
      ['Bearer of-kfp', undefined],
      ['Bearer of-a-file', 'ml'],
      [undefined, undefined],
    ]);
  });
});

describe('TLS', () => {
  test('trusts what it is told to, and is never left out', async () => {
    const certificate = makeCertificate();
    const secure = new KfpServer();
    const host = await secure.start(certificate);
    const untrusted = await failure(clientOf({ host, token: SECRET }).runs.list());
    expect(untrusted.message.replaceAll(new URL(host).host, 'HOST')).toMatchInlineSnapshot(`
"KFP1805 GET /apis/v2beta1/runs: the TLS connection to HOST is refused: self-signed certificate
    mend: name the server's certificate authority with --ca-file (caFile); or, if it speaks plain HTTP, write http://"
`);
    const wrong = await failure(clientOf({ host, caFile: write('other.pem', makeCertificate().cert) }).runs.list());
    expect(wrong.diagnostics[0]!.code).toBe('KFP1805');
    expect(secure.exchanges).toEqual([]);
    const client = clientOf({ host, caFile: write('ca.pem', certificate.cert), token: SECRET });
    secure.faults.push(
      { on: 'pipelines', drop: 'before' },
      { on: 'experiments', status: 302, headers: { location: url } },
    );
    const { version } = await client.pipelines.upload({ text: PIPELINE }, { version: '1' });
    expect((await client.pipelines.getVersion(version.pipeline_id, version.pipeline_version_id)).display_name).toBe(
      '1',
    );
    expect((await failure(client.experiments.list())).diagnostics[0]!.code).toBe('KFP1808');
    expect(secure.exchanges[0]!.headers.authorization).toBe(`Bearer ${SECRET}`);
    const controller = new AbortController();
    secure.faults.push({ on: 'runs', delayMs: 5000 });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    expect((await failure(client.runs.list({ signal: controller.signal }))).message).toBe('enough');
    await secure.stop();
  });

  test('with a file that is none', async () => {
    const files = [write('ca.pem', 'no certificate'), path.join(folder, 'none.pem')];
    expect(
      (await Promise.all(files.map((caFile) => textOf((async () => clientOf({ caFile }))())))).join('\n'),
    ).toMatchInlineSnapshot(`
"KFP1803 the CA file FOLDER/ca.pem holds no certificate
    mend: name a file of PEM certificates
KFP1803 the CA file cannot be read: ENOENT: no such file or directory, open 'FOLDER/none.pem'
    mend: name a file of PEM certificates"
`);
  });
});

describe('waiting', () => {
  const states = ['PENDING', 'RUNNING', 'RUNNING', 'RUNNING', 'SUCCEEDED'];
  const start = async () => {
    const run = await clientOf().runs.create({ text: PIPELINE, arguments: { name: 'x' } });
    let look = 0;
    server.onRequest = (line) => {
      if (!line.startsWith('GET /apis/v2beta1/runs/')) return;
      const state = states[look] ?? 'RUNNING';
      const task_details = [{ task_id: 't', display_name: 'train', state: look < 2 ? 'RUNNING' : 'SUCCEEDED' }];
      Object.assign(server.objects.runs![0]!, { state, run_details: { task_details } });
      look += 1;
    };
    return run.run_id;
  };

  test('tells of each change once, also where the server falters', async () => {
    const id = await start();
    server.faults.push({ on: `runs/${id}`, status: 502 });
    const told: unknown[] = [];
    const onProgress = (run: KfpApiRun, changed: readonly { display_name?: string; state?: string }[]) =>
      told.push([run.state, ...changed.map(({ display_name, state }) => `${display_name} ${state}`)]);
    expect((await clientOf().runs.wait(id, { pollMs: 1, onProgress })).state).toBe('SUCCEEDED');
    expect(told).toEqual([['RUNNING', 'train RUNNING'], ['RUNNING', 'train SUCCEEDED'], ['SUCCEEDED']]);
  });

  test('gives up in time, and leaves the run alone', async () => {
    const id = await start();
    states.length = 2;
    const text = await textOf(clientOf().runs.wait(id, { pollMs: 5, timeoutMs: 30 }));
    expect(text.replace(/training [\d :-]+/, 'NAME')).toMatchInlineSnapshot(`
"KFP1829 the run 'NAME' has not ended in time: it is RUNNING
    mend: wait longer; the run goes on"
`);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 30);
    expect((await failure(clientOf().runs.wait(id, { signal: controller.signal }))).message).toBe('enough');
    expect(server.lines.filter((line) => line.includes('terminate'))).toEqual([]);
  });
});

describe('schedules', () => {
  test.each([
    ['0 2 * * *', '0 0 2 * * *'],
    ['*/15 0 2 ? * MON-FRI', '*/15 0 2 ? * MON-FRI'],
    ['  5  4 1 * * ', '0 5 4 1 * *'],
    ['@every 1h30m', '@every 1h30m'],
  ])('%s is %s', (given, cron) => {
    expect(triggerOf({ cron: given })).toEqual({ cron_schedule: { cron } });
  });

  test('that are none', async () => {
    const wrong = [
      { cron: '0 2 * *' },
      { cron: 'x 0 2 * * *' },
      { cron: '@sometimes' },
      {},
      { cron: '@daily', intervalSeconds: 60 },
      { intervalSeconds: 0.5 },
      { cron: '@daily', start: '2030-01-01' },
      { cron: '@daily', end: new Date('x') },
    ];
    const texts = await Promise.all(wrong.map((schedule) => textOf((async () => triggerOf(schedule))())));
    expect(texts.map((text) => text.split('\n')[0]).join('\n')).toMatchInlineSnapshot(`
"KFP1825 the schedule '0 2 * *' is no cron expression
KFP1825 the schedule 'x 0 2 * * *' is no cron expression
KFP1825 the schedule '@sometimes' is no cron expression
KFP1825 there is no schedule
KFP1825 there are two schedules, cron and interval
KFP1825 the interval is 0.5 seconds
KFP1825 the start '2030-01-01' is no time
KFP1825 the end 'Invalid Date' is no time"
`);
  });

  test('begin anew where another takes their place', () => {
    const now = new Date('2030-01-10T10:30:00Z');
    const start_time = '2030-01-01T00:00:00.000Z';
    const later = '2030-02-01T00:00:00.000Z';
    expect(resumed({ cron_schedule: { cron: '@daily', start_time } }, now)).toEqual({
      cron_schedule: { cron: '@daily' },
    });
    expect(resumed({ cron_schedule: { cron: '@daily', start_time: later } }, now).cron_schedule!.start_time).toBe(
      later,
    );
    const hourly = { interval_second: '3600', start_time, end_time: later };
    expect(resumed({ periodic_schedule: hourly }, now).periodic_schedule).toEqual({
      ...hourly,
      start_time: '2030-01-10T10:00:00.000Z',
    });
    expect(resumed({ periodic_schedule: { interval_second: '60' } }, now)).toEqual({
      periodic_schedule: { interval_second: '60' },
    });
  });
});

describe('an update of a recurring run', () => {
  const create = () =>
    clientOf().recurringRuns.create({
      text: PIPELINE,
      arguments: { name: 'x', epochs: 2 },
      name: 'nightly',
      schedule: { cron: '@daily' },
    });
  const left = () => server.objects.recurringRuns!.map(({ recurring_run_id, status }) => [recurring_run_id, status]);

  test('refuses to make a second one of a name', async () => {
    const old = await create();
    expect((await textOf(create())).replace(old.recurring_run_id, 'ID')).toMatchInlineSnapshot(`
"KFP1826 there is a recurring run 'nightly' already: ID
    mend: update it, or take another name"
`);
  });

  test.each([
    ['POST /apis/v2beta1/recurringruns', 500],
    [':disable', 403],
    [':enable', 403],
  ])('that fails at %s leaves the old one as it was', async (on, status) => {
    const old = await create();
    server.faults.push({ on, status });
    const error = await failure(clientOf().recurringRuns.update('nightly', { maxConcurrency: 3 }));
    expect(error.status).toBe(status);
    expect(left()).toEqual([[old.recurring_run_id, 'ENABLED']]);
  });

  test('that cannot be taken back says what is left', async () => {
    const old = await create();
    server.faults.push({ on: ':enable', status: 403 }, { on: 'DELETE', status: 403 });
    const text = await textOf(clientOf().recurringRuns.update('nightly', {}));
    const [created] = left()[0]!;
    const named = (said: string) => said.replaceAll(old.recurring_run_id, 'OLD').replaceAll(String(created), 'NEW');
    expect(named(text)).toMatchInlineSnapshot(`
"KFP1827 the update of the recurring run OLD stopped half way: POST /apis/v2beta1/recurringruns/NEW:enable: the server answered 403: {}
    mend: delete NEW, if it is there, and resume OLD"
`);
    // Neither starts runs: that is better than both.
    expect(left().map(([, status]) => status)).toEqual(['DISABLED', 'DISABLED']);
  });

  test('that cannot remove the old one leaves it paused', async () => {
    const old = await create();
    server.faults.push({ on: 'DELETE', status: 403, text: 'no' });
    const text = await textOf(clientOf().recurringRuns.update('nightly', {}));
    const [created] = left()[0]!;
    expect(text.replaceAll(old.recurring_run_id, 'OLD').replaceAll(String(created), 'NEW')).toMatchInlineSnapshot(`
"KFP1827 the recurring run NEW has taken the place of OLD, which is paused but not removed: DELETE /apis/v2beta1/recurringruns/OLD: the server answered 403: no
    mend: delete OLD"
`);
    expect(left()).toEqual([
      [created, 'ENABLED'],
      [old.recurring_run_id, 'DISABLED'],
    ]);
  });

  test('keeps what it is not told, and a pause', async () => {
    const { recurringRuns, pipelines } = clientOf();
    await pipelines.upload({ text: PIPELINE }, { version: '1' });
    await pipelines.upload({ text: PIPELINE.replace('3.0', '4.0') }, { version: '2' });
    const source = { pipeline: 'training', version: '1', arguments: { name: 'x', epochs: 2 } };
    const old = await recurringRuns.create({ ...source, name: 'pinned', schedule: { intervalSeconds: 60 } });
    await recurringRuns.pause(old.recurring_run_id);
    const changed = await recurringRuns.update('pinned', { argumentTexts: ['epochs=9'], catchUp: false });
    expect(changed).toMatchObject({
      status: 'DISABLED',
      no_catchup: true,
      pipeline_version_reference: old.pipeline_version_reference!,
      runtime_config: { parameters: { name: 'x', epochs: 9 } },
      trigger: { periodic_schedule: { interval_second: '60' } },
    });
    expect(left().map(([, status]) => status)).toEqual(['DISABLED']);
    const next = await recurringRuns.update('pinned', { version: '2', isEnabled: true });
    expect(next.pipeline_version_reference!.pipeline_version_id).toBe(
      server.objects.pipeline_versions![0]!.pipeline_version_id,
    );
    const following = await recurringRuns.update('pinned', { followsLatest: true });
    expect(following.pipeline_version_reference).toEqual({ pipeline_id: old.pipeline_version_reference!.pipeline_id });
    expect(
      await textOf(recurringRuns.update('pinned', { followsLatest: true, caching: false })),
    ).toMatchInlineSnapshot(`
"KFP1830 the newest version is to be followed, and caching is set for all tasks
    mend: leave one of them out: what follows the newest version runs it as it is"
`);
    const uncached = await recurringRuns.update('pinned', { caching: false, followsLatest: false });
    expect(uncached).not.toHaveProperty('pipeline_version_reference');
    expect(await textOf(recurringRuns.update('pinned', { version: '2' }))).toMatchInlineSnapshot(`
"KFP1830 the recurring run 'pinned' runs a file, which has no versions
    mend: name the pipeline too"
`);
    expect(await textOf(recurringRuns.update('pinned', { maxConcurrency: 11 }))).toMatchInlineSnapshot(`
"KFP1825 maxConcurrency is 11
    mend: give a whole number from 1 to 10"
`);
    expect(left().map(([, status]) => status)).toEqual(['ENABLED']);
  });
});

describe('what a run gave', () => {
  const start = async () => {
    for (const [method, answer] of Object.entries(METADATA_ANSWERS))
      server.metadata[method] = Buffer.from(answer, 'base64');
    return (await clientOf().runs.create({ text: PIPELINE, arguments: { name: 'x' } })).run_id;
  };

  test('comes from the metadata store', async () => {
    const id = await start();
    const { runId, state, outputs, tasks } = await clientOf({ token: SECRET }).outputs(id);
    const model = {
      type: 'system.Model',
      uri: 's3://b/model',
      metadata: { framework: 'xgb', tags: ['a', 'b'], about: { depth: 3 } },
    };
    expect({ runId, state, outputs }).toEqual({
      runId: id,
      state: 'PENDING',
      outputs: { accuracy: 0.5, best: [model] },
    });
    const nothing = { parameters: {}, artifacts: {}, metrics: {} };
    const metrics = { accuracy: 0.93, rows: -12 };
    expect(tasks).toEqual({
      load: {
        ...nothing,
        state: 'CACHED',
        artifacts: { data: [{ type: 'system.Dataset', uri: 's3://b/data', metadata: {} }] },
      },
      'for-loop-1[0]/score': { ...nothing, state: 'FAILED' },
      'for-loop-1[1]/score': { ...nothing, state: 'SUCCEEDED', parameters: { Output: 2 } },
      'condition-1/deploy': { ...nothing, state: 'SKIPPED' },
      train: {
        state: 'SUCCEEDED',
        parameters: { Output: 0.5, words: ['a', 1, null, true, { k: 'v' }] },
        artifacts: {
          model: [model],
          metrics: [
            { type: 'system.Metrics', uri: 's3://b/metrics', metadata: { ...metrics, note: 'ok', final: true } },
          ],
        },
        metrics,
      },
    });
    const calls = server.exchanges.filter(({ path: at }) => at.startsWith('/ml_metadata.'));
    const bytes = calls.map(({ body }) => (body as Buffer).toString('base64'));
    // The run's id is longer than the one that stands in the sample.
    const first = Buffer.from(METADATA_REQUESTS.GetContextByTypeAndName!, 'base64').toString('latin1');
    const longer = first.replace('\x19', '\x3a').replace('\x03RUN', `\x24${id}`);
    expect(bytes).toEqual([
      Buffer.from(longer, 'latin1').toString('base64'),
      ...Object.values(METADATA_REQUESTS).slice(1),
    ]);
    expect(calls[0]!.headers).toMatchObject({
      'content-type': 'application/grpc-web+proto',
      authorization: `Bearer ${SECRET}`,
    });
  });

  test('is nothing before it has begun', async () => {
    const id = await start();
    server.metadata.GetContextByTypeAndName = frames('', '5');
    expect((await clientOf().outputs(id)).tasks).toEqual({});
  });

  test.each([
    ['a refusal', frames('', '7')],
    ['a cut answer', frames('0a09', '0')],
  ])('is not known where the store gives %s', async (_, answer) => {
    const id = await start();
    server.metadata.GetExecutionsByContext = answer;
    expect((await failure(clientOf().outputs(id))).diagnostics[0]!.code).toBe('KFP1828');
  });

  test('is not known where the store is not', async () => {
    const id = await start();
    delete server.metadata.GetContextByTypeAndName;
    expect(await textOf(clientOf().outputs(id))).toMatchInlineSnapshot(`
"KFP1828 KFP's metadata store, which knows what runs gave, does not answer: POST /ml_metadata.MetadataStoreService/GetContextByTypeAndName: the server answered 404: ResourceNotFoundError: /ml_metadata.MetadataStoreService/GetContextByTypeAndName not found.
    mend: give the URL of KFP's UI, which passes its calls on, as --metadata-host (metadataHost)"
`);
    server.faults.push({ on: 'ml_metadata', status: 200, text: '<html>' });
    expect(await textOf(clientOf().outputs(id))).toContain('what answers is no metadata store');
  });
});

/** Frames of gRPC-Web: a message in hexadecimal digits, and a status. */
function frames(hex: string, status: string): Buffer {
  const frame = (kind: number, content: Buffer) =>
    Buffer.concat([Buffer.from([kind, 0, 0, 0, content.length]), content]);
  return Buffer.concat([frame(0, Buffer.from(hex, 'hex')), frame(0x80, Buffer.from(`grpc-status:${status}\r\n`))]);
}

test('links lead to the UI', () => {
  const client = new KfpClient({
    host: 'https://kubeflow.example.com/pipeline/',
    uiHost: 'https://ui.example.com/_/pipeline',
  });
  expect([client.runUrl('r'), client.recurringRunUrl('s'), client.versionUrl('p', 'v')]).toEqual([
    'https://ui.example.com/_/pipeline/#/runs/details/r',
    'https://ui.example.com/_/pipeline/#/recurringrun/details/s',
    'https://ui.example.com/_/pipeline/#/pipelines/details/p/version/v',
  ]);
});

describe('the command line', () => {
  const MAIN = path.join(__dirname, '..', 'src', 'cli', 'main.ts');
  const command = (args: readonly string[], environment: Record<string, string> = {}) =>
    spawn(process.execPath, ['--import', require.resolve('tsx'), MAIN, 'kfp', ...args], {
      cwd: folder,
      env: { ...process.env, KFP_HOST: url, KFP_TOKEN: SECRET, ...environment },
    });
  async function kfp(...args: readonly string[]) {
    const child = command(args);
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (data) => (text[name] += data));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(text.stdout + text.stderr).not.toContain(SECRET);
    return { status, ...text };
  }

  test('uploads, runs, waits and tells', async () => {
    write('training-1.0.yaml', PIPELINE);
    const upload = await kfp('upload', 'training-1.0.yaml', '--version', '1.0', '-o', 'json');
    expect(JSON.parse(upload.stdout)).toMatchObject({
      isNewPipeline: true,
      version: { display_name: '1.0' },
      url: expect.stringContaining('/version/'),
    });
    server.onRequest = (line) => {
      if (line.startsWith('GET /apis/v2beta1/runs/')) {
        const task_details = [
          { task_id: '1', display_name: 'train', state: 'FAILED', error: { message: 'no \u001b[31mmemory' } },
          { task_id: '2', display_name: 'train-driver', state: 'SUCCEEDED' },
        ];
        Object.assign(server.objects.runs![0]!, { state: 'FAILED', run_details: { task_details } });
      }
    };
    const run = await kfp(
      'run',
      '--pipeline',
      'training',
      '--version',
      '1.0',
      '-p',
      'name=x',
      '-p',
      'epochs=7',
      '--no-cache',
      '--run-name',
      'mine',
      '--experiment',
      'e',
      '--service-account',
      's',
      '--wait',
      '--poll',
      '0.01',
    );
    const id = server.objects.runs![0]!.run_id;
    expect(run).toMatchObject({ status: 1, stderr: '' });
    expect(run.stdout.split('\n')).toEqual([
      `run mine  ${id}`,
      `${url}/#/runs/details/${id}`,
      'train  FAILED  no  [31mmemory',
      'the run is FAILED',
      '',
    ]);
    const waited = await kfp('wait', 'mine', '-o', 'json');
    expect(waited).toMatchObject({ status: 1, stderr: 'train  FAILED  no  [31mmemory\nthe run is FAILED\n' });
    expect(JSON.parse(waited.stdout).run).toMatchObject({
      run_id: id,
      runtime_config: { parameters: { name: 'x', epochs: 7 } },
      service_account: 's',
    });
    expect((await kfp('runs', 'list', '--experiment', 'e')).stdout).toMatch(/^NAME +ID +STATE +CREATED\nmine +0/);
    expect((await kfp('runs', 'get', 'mine')).stdout).toContain('no  [31mmemory');
  });

  test('schedules', async () => {
    write('training.yaml', PIPELINE);
    const create = await kfp(
      'recurring',
      'create',
      'nightly',
      'training.yaml',
      '-p',
      'name=x',
      '--every',
      '1h30m',
      '--no-catch-up',
      '--max-concurrency',
      '2',
      '--paused',
    );
    expect(create).toMatchObject({ status: 0, stdout: expect.stringMatching(/^nightly +0\S+ +made\n/) });
    expect(server.objects.recurringRuns![0]).toMatchObject({
      trigger: { periodic_schedule: { interval_second: '5400' } },
      no_catchup: true,
      max_concurrency: '2',
      mode: 'DISABLE',
    });
    expect((await kfp('recurring', 'resume', 'nightly')).stdout).toMatch(/resumed\n$/);
    expect((await kfp('recurring', 'update', 'nightly', '--cron', '0 2 * * *')).status).toBe(0);
    const listed = JSON.parse((await kfp('recurring', 'list', '-o', 'json')).stdout);
    expect(listed.recurring_runs).toMatchObject([
      { trigger: { cron_schedule: { cron: '0 0 2 * * *' } }, no_catchup: true, status: 'ENABLED' },
    ]);
    expect((await kfp('recurring', 'delete', 'nightly')).status).toBe(0);
    expect(server.objects.recurringRuns).toEqual([]);
  });

  test('tells a wrong command line from a refusal', async () => {
    const wrong = [
      ['run'],
      ['run', 'a.yaml', '--pipeline', 'p'],
      ['run', 'a.yaml', '--version', '1'],
      ['recurring', 'create', 'n', 'a.yaml'],
      ['recurring', 'update', 'n', '--every', '5x'],
      ['upload'],
      ['nonsense'],
      ['runs', 'list', '--token', 'x'],
    ];
    const results = await Promise.all(wrong.map((args) => kfp(...args)));
    expect(results.map(({ status }) => status)).toEqual(wrong.map(() => 2));
    expect(server.exchanges).toEqual([]);
    expect(await kfp('runs', 'get', 'nope')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^KFP1820 /),
    });
    expect((await kfp('--help')).status).toBe(0);
  });

  test('Ctrl-C does not end an update half way', async () => {
    const schedule = { cron: '@daily' };
    const old = await clientOf().recurringRuns.create({
      text: PIPELINE,
      arguments: { name: 'x' },
      name: 'nightly',
      schedule,
    });
    const child = command(['recurring', 'update', 'nightly', '--cron', '@hourly']);
    server.faults.push({ on: ':disable', delayMs: 200 });
    server.onRequest = (line) => {
      if (line.endsWith(':disable')) child.kill('SIGINT');
    };
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(status).toBe(0);
    expect(server.objects.recurringRuns).toMatchObject([
      { status: 'ENABLED', trigger: { cron_schedule: { cron: '@hourly' } } },
    ]);
    expect(server.objects.recurringRuns![0]!.recurring_run_id).not.toBe(old.recurring_run_id);
  });

  test('Ctrl-C ends the wait, not the run', async () => {
    const run = await clientOf().runs.create({ text: PIPELINE, arguments: { name: 'x' }, name: 'long' });
    const child = command(['wait', 'long', '--poll', '60']);
    let stderr = '';
    child.stderr.on('data', (data) => (stderr += data));
    child.stdout.on('data', (data) => String(data).includes('the run is PENDING') && child.kill('SIGINT'));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, stderr }).toEqual({ status: 130, stderr: `the run goes on: cdk8s-kfp kfp wait ${run.run_id}\n` });
    expect(posts().filter((line) => line.includes('terminate'))).toEqual([]);
  });
});
