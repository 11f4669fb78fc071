import { kfpProblem } from './errors';

/**
 * The URL of a server, without a slash at its end. `https` where no scheme is given, as the KFP SDK has it.
 *
 * @throws KfpError where it is no URL of a server
 */
export function hostUrl(host: string, what = 'host'): URL {
  const mend = 'give the URL of KFP, such as https://kubeflow.example.com/pipeline or http://localhost:8080';
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(host) ? host : `https://${host}`);
  } catch {
    // What stands before an @ may be a password.
    throw kfpProblem('KFP1800', `the ${what} '${host.replace(/^.*@/s, '***@')}' is no URL`, mend);
  }
  const wrong =
    (url.username || url.password) !== ''
      ? 'holds credentials'
      : !/^https?:$/.test(url.protocol)
        ? 'is neither http nor https'
        : (url.search || url.hash) !== ''
          ? "has a '?' or a '#', so it is the URL of a page"
          : undefined;
  // What holds credentials is not repeated.
  if (wrong) throw kfpProblem('KFP1800', `the ${what} ${wrong}`, mend);
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** A URL below a server's; `path` begins with a slash. */
export function below(base: URL, path: string): string {
  return `${base.origin}${base.pathname.replace(/\/$/, '')}${path}`;
}

/** True where what is sent stays on this machine. */
export function isLocal(url: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}
