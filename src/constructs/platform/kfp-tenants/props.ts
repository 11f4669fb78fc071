import type { KfpBackend } from '../kfp-backend';
import type { RunnerProps } from '../runner';
import type { TenantProps } from '../tenant';
import type { Person } from '../tenants/people';

/**
 * Who may do what with a team's pipelines, by KFP's API and its user interface. KFP asks Kubernetes about a person by name alone: groups
 * are not known to it.
 */
export interface KfpTenantPeople {
  /** Look: at pipelines, runs, their logs and artifacts. @default - nobody */
  readonly view?: readonly Person[] | undefined;
  /** Change pipelines and schedules, start and stop runs, as any account of the namespace. @default - the team's runs alone */
  readonly edit?: readonly Person[] | undefined;
}

/** Props of {@link KfpTenant}: those of a `Tenant`, and what is KFP's. */
export interface KfpTenantProps extends Omit<TenantProps, 'people' | 'runner'> {
  /** The installation that the team's runs are kept by; it has `multiUser`. */
  readonly backend: KfpBackend;
  /**
   * Whether the namespace is among the objects. One that is somebody else's needs the labels that KFP's has: see
   * `docs/kfp-multi-user.md`.
   * @default true
   */
  readonly createNamespace?: boolean | undefined;
  /** PodSecurity's level; what breaks it does not start. @default 'baseline', which components that say nothing obey */
  readonly podSecurity?: TenantProps['podSecurity'];
  /** Who may do what with the team's pipelines, by KFP. @default - nobody but the team's own runs */
  readonly people?: KfpTenantPeople | undefined;
  /** More about who the team's runs are: their account is `default-editor`. @default - what KFP's containers need, no more */
  readonly runner?: Omit<RunnerProps, 'name' | 'namespace' | 'namespaces'> | undefined;
}
