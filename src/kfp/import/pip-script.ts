/** What the script says that KFP's SDK puts before a lightweight component: what it installs, and how. */
export interface PipScript {
  /** Requirements, without kfp itself, which the runtime here stands for. */
  readonly packages: readonly string[];
  readonly indexUrls: readonly string[];
  readonly trustedHosts: readonly string[];
  readonly useVenv: boolean;
}

const INSTALL = ['python3', '-m', 'pip', 'install'];
/** Options of pip that change nothing here. */
const QUIET: ReadonlySet<string> = new Set(['--quiet', '--no-warn-script-location']);
/** What makes the virtual environment. */
const VENV: readonly string[] = [
  'export PIP_DISABLE_PIP_VERSION_CHECK=1',
  'tmp=$(mktemp -d)',
  'python3 -m venv $tmp/venv --system-site-packages',
  '. $tmp/venv/bin/activate',
];

/** What KFP's SDKs write before the commands that install: they make pip, where the image has none. */
const WITH_PIP = /^\s*if ! \[ -x "\$\(command -v pip\)" \]; then\s+python3 -m ensurepip[^\n]*\n\s*fi\s+/;

/**
 * What a script of KFP's SDK installs; undefined for any other script, which has to run as it is.
 *
 * @see https://github.com/kubeflow/pipelines/blob/master/sdk/python/kfp/dsl/component_factory.py
 */
export function parsePipScript(script: string): PipScript | undefined {
  const commands = commandsOf(script.replace(WITH_PIP, ''));
  if (!commands || commands.length === 0) return undefined;
  const last = commands.pop()!;
  if (last.join(' ') !== '$0 $@') return undefined;
  const found = {
    packages: [] as string[],
    indexUrls: new Set<string>(),
    trustedHosts: new Set<string>(),
    useVenv: false,
  };
  for (const [first = '', ...more] of commands) {
    const words = first === 'PIP_DISABLE_PIP_VERSION_CHECK=1' ? more : [first, ...more];
    const text = words.join(' ');
    if (VENV.includes(text)) {
      found.useVenv = true;
    } else if (text !== '') {
      if (!INSTALL.every((word, index) => words[index] === word)) return undefined;
      if (!readInstall(words.slice(INSTALL.length), found)) return undefined;
    }
  }
  return { ...found, indexUrls: [...found.indexUrls], trustedHosts: [...found.trustedHosts] };
}

interface Found {
  readonly packages: string[];
  readonly indexUrls: Set<string>;
  readonly trustedHosts: Set<string>;
}

/** The arguments of one `pip install`; false where one of them has another effect. */
function readInstall(words: readonly string[], { packages, indexUrls, trustedHosts }: Found): boolean {
  // KFP installs itself, and what it needs, apart from what the user asks for.
  const isOwn = words.some(isKfp) && words.includes('--no-deps');
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (QUIET.has(word) || (isOwn && word === '--no-deps')) continue;
    if (word === '--index-url' || word === '--extra-index-url') indexUrls.add(words[++at] ?? '');
    else if (word === '--trusted-host') trustedHosts.add(words[++at] ?? '');
    else if (word.startsWith('-') || word === '') return false;
    else if (!isOwn && !isKfp(word)) packages.push(word);
  }
  return !indexUrls.has('') && !trustedHosts.has('');
}

/** True for a requirement that is the kfp package itself, from an index or from its repository. */
function isKfp(requirement: string): boolean {
  return (
    /^kfp\s*(\[[^\]]*\])?\s*($|[=<>!~;@])/.test(requirement) || /kubeflow\/pipelines(\.git)?(@|#|$)/.test(requirement)
  );
}

/**
 * The commands of a simple script, as lists of words: joined by `&&` or by lines. Undefined where it has anything else in it
 * that a shell would act on.
 */
function commandsOf(script: string): string[][] | undefined {
  const commands: string[][] = [];
  let words: string[] = [];
  const token =
    /(?:(\\\n|[ \t]+)|(&&|\n)|((?:'[^']*'|"(?:[^"\\`$]|\$(?=0"|@"|tmp\/))*"|\$\(mktemp -d\)|\\'|[^\s'"\\`$&|;<>(){}*?#!~]+)+))/y;
  while (token.lastIndex < script.length) {
    const [, space, separator, word] = token.exec(script) ?? [];
    if (word !== undefined)
      words.push(word.replace(/'([^']*)'|"([^"]*)"|\\'/g, (_, single, double) => single ?? double ?? "'"));
    else if (separator !== undefined) {
      if (words.length > 0) commands.push(words);
      words = [];
    } else if (space === undefined) return undefined;
  }
  if (words.length > 0) commands.push(words);
  return commands;
}
