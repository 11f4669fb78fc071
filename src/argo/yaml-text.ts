import type { ToStringOptions } from 'yaml';

/**
 * An object as YAML that a person can read. Those who parse it (Argo, kubectl) read YAML 1.1, in which `yes` is no string.
 *
 * Few pipelines need it, and loading the library takes longer than to synthesise a small one: it is loaded here.
 */
export function yamlText(value: unknown, options: ToStringOptions): string {
  const { stringify } = require('yaml') as typeof import('yaml');
  return stringify(value, { version: '1.1', ...options });
}
