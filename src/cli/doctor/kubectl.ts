import { spawnSync } from 'node:child_process';

/** How long the cluster may take to answer, in milliseconds. */
const PATIENCE = 30_000;

/** What kubectl said. */
export interface Answer {
  readonly ok: boolean;
  readonly stdout: string;
  /** Why not. */
  readonly reason: string;
}

/** kubectl, which is asked to read and nothing else. */
export class Kubectl {
  /** What was asked before: pipelines of one namespace need mostly the same. */
  private readonly answers = new Map<string, Answer>();

  /**
   * @param options options of every call: which cluster, as whom
   */
  public constructor(private readonly options: readonly string[]) {}

  /** Runs it, once for each question; arguments go to no shell. */
  public ask(...args: readonly string[]): Answer {
    const question = JSON.stringify(args);
    const answer = this.answers.get(question) ?? this.run(args);
    this.answers.set(question, answer);
    return answer;
  }

  private run(args: readonly string[]): Answer {
    const { status, stdout, stderr, error } = spawnSync('kubectl', [...args, ...this.options], {
      encoding: 'utf8',
      env: process.env,
      timeout: PATIENCE,
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const reason = error ? String(error.message) : (stderr ?? '').trim().split('\n').at(-1)!;
    return { ok: !error && status === 0, stdout: stdout ?? '', reason };
  }

  /** An object, or a list, as JSON; undefined where it is not there, and why where it could not be asked. */
  public get(...args: readonly string[]): { readonly found?: unknown; readonly unknown?: string } {
    const { ok, stdout, reason } = this.ask('get', ...args, '-o', 'json');
    if (ok) return { found: JSON.parse(stdout) as unknown };
    return /NotFound|not found|the server doesn't have a resource type/.test(reason) ? {} : { unknown: reason };
  }

  /** The kinds that a group of API has; why not, where it could not be asked. */
  public kindsOf(group: string): { readonly found?: readonly string[]; readonly unknown?: string } {
    const { ok, stdout, reason } = this.ask('api-resources', `--api-group=${group}`, '--no-headers');
    // Columns are: name, short names where there are some, version, whether it is namespaced, kind.
    if (ok) return { found: stdout.split('\n').flatMap((line) => line.trim().split(/\s+/).slice(-1)) };
    return { unknown: reason };
  }

  /** The keys of a Secret or ConfigMap; their values are not looked at, and reach nobody. */
  public keys(
    kind: string,
    name: string,
    namespace: string,
  ): { readonly found?: readonly string[]; readonly unknown?: string } {
    const template = '{{range $key, $value := .data}}{{$key}}{{"\\n"}}{{end}}';
    const { ok, stdout, reason } = this.ask('get', kind, name, '-n', namespace, '-o', `go-template=${template}`);
    if (ok) return { found: stdout.split('\n').filter(Boolean) };
    return /NotFound|not found/.test(reason) ? {} : { unknown: reason };
  }

  /**
   * Whether somebody may do something; undefined where that cannot be asked.
   *
   * @param resource `jobs.batch`, or with a part of it: `workflowartifactgctasks.argoproj.io/status`
   * @param name of one object; by default it is asked about all of the namespace
   */
  public may(who: string, verb: string, resource: string, namespace: string, name?: string): boolean | undefined {
    // What comes after a slash would be the name of an object.
    const [kind = '', part] = resource.split('/');
    const subresource = part === undefined ? [] : [`--subresource=${part}`];
    const object = name === undefined ? kind : `${kind}/${name}`;
    const { stdout } = this.ask('auth', 'can-i', verb, object, ...subresource, '-n', namespace, `--as=${who}`);
    const [answer] = stdout.trim().split(/\s/);
    return answer === 'yes' ? true : answer === 'no' ? false : undefined;
  }
}
