import type { KfpSettings } from './settings';

/** The names that a Service is called by, from the shortest to the whole one. */
export function namesOf(service: string, settings: KfpSettings): readonly string[] {
  const { namespace } = settings;
  return [service, `${service}.${namespace}`, `${service}.${namespace}.svc`, hostOf(service, settings)];
}

/** The whole name of a Service: what a certificate is checked for, and what Istio knows it by. */
export function hostOf(service: string, { namespace, clusterDomain }: KfpSettings): string {
  return `${service}.${namespace}.svc.${clusterDomain}`;
}
