import type { Problem } from '../problems';
import type { KfpProblem } from './problems';
import { NEWER } from './release';
import type { KfpSettings } from './settings';

/** What is wrong with a proxy. Its URL is told to nobody: there may be a password in it. */
export function proxyProblems({ parity, props, release }: KfpSettings): KfpProblem[] {
  const { proxy } = props;
  if (parity || proxy === undefined) return [];
  const { http, https, except } = proxy;
  const wrong: Problem[] = [
    ...(http === undefined && https === undefined
      ? [{ message: '`proxy` names no proxy', mend: 'give `http`, `https`, or both' }]
      : []),
    ...urlProblems('proxy.http', http),
    ...urlProblems('proxy.https', https),
    ...exceptProblems(except),
  ];
  return [
    ...wrong.map((each) => ({ ...each, code: 'KFP1741' })),
    ...(release.confined
      ? []
      : [
          {
            code: 'KFP1741',
            severity: 'warning' as const,
            message: `KFP ${release.version} tells pods of runs nothing of a proxy; its own programs go through it`,
            mend: `set the variables of pipelines' tasks, or ${NEWER}`,
          },
        ]),
  ];
}

function urlProblems(what: string, url: unknown): Problem[] {
  if (url === undefined) return [];
  const mend = "write it as a URL: 'http://proxy.example.com:3128'";
  if (typeof url !== 'string' || !URL.canParse(url)) return [{ message: `\`${what}\` is no URL`, mend }];
  const { username, password } = new URL(url);
  if (username !== '' || password !== '') {
    return [
      {
        message: `\`${what}\` holds a name or a password, which would stand in manifests`,
        mend: 'let the proxy know the cluster by its address, or run one in the cluster that logs in to it',
      },
    ];
  }
  // Kubernetes would put the value of X for `$(X)`, which a host may have for what reads URLs.
  if (!/^https?:\/\/[\w.:[\]-]+\/?$/i.test(url)) {
    return [{ message: `\`${what}\` is no URL of a proxy`, mend }];
  }
  return [];
}

function exceptProblems(except: unknown): Problem[] {
  if (except === undefined) return [];
  const isHost = (each: unknown) =>
    typeof each === 'string' && /^[A-Za-z0-9.*:/_-]+$/.test(each) && !each.includes('//');
  if (Array.isArray(except) && except.every(isHost)) return [];
  return [
    {
      message: '`proxy.except` names what is no host',
      mend: "give a list: ['intranet.example.com', '.example.org', '10.0.0.0/8']",
    },
  ];
}
