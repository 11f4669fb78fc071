/** An AuthorizationPolicy of Istio's that allows, as far as ours say something. */
export interface Policy {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly action: 'ALLOW';
  readonly rules: readonly {
    readonly from?: readonly { readonly source: { readonly principals: readonly string[] } }[];
    readonly to?: readonly {
      readonly operation: { readonly ports?: readonly string[]; readonly paths?: readonly string[] };
    }[];
    readonly when?: readonly {
      readonly key: string;
      readonly values?: readonly string[];
      readonly notValues?: readonly string[];
    }[];
  }[];
}

/** A request as a sidecar sees it. */
export interface Asked {
  readonly path: string;
  readonly port: number;
  /** Who sends it, where that one has a sidecar. */
  readonly principal?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Whether a policy that allows lets a request through: where one of its rules does, of which each part says yes.
 *
 * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export function allows({ rules }: Policy, { path, port, principal, headers }: Asked): boolean {
  return rules.some(
    ({ from, to, when = [] }) =>
      (from === undefined || from.some(({ source }) => source.principals.some((each) => matches(each, principal)))) &&
      (to === undefined ||
        to.some(
          ({ operation: { ports, paths } }) =>
            (ports === undefined || ports.includes(String(port))) &&
            (paths === undefined || paths.some((each) => matches(each, path))),
        )) &&
      when.every(({ key, values, notValues }) => {
        const header = /^request\.headers\[(.+)\]$/.exec(key)?.[1];
        if (header === undefined) throw new Error(`what is '${key}'?`);
        const value = headers[header];
        return (
          (values === undefined || values.some((each) => matches(each, value))) &&
          (notValues === undefined || !notValues.some((each) => matches(each, value)))
        );
      }),
  );
}

/** `*` is whatever is there; else a text, or how one begins or ends. */
function matches(pattern: string, value: string | undefined): boolean {
  if (value === undefined) return false;
  if (pattern === '*') return value !== '';
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') ? value.endsWith(pattern.slice(1)) : value === pattern;
}
