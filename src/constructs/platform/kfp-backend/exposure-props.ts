/** Who lets people in before a request reaches KFP, which has no login of its own. */
export type KfpLogin =
  /** Nobody does: whoever reaches the host may do everything. */
  | 'i-accept-no-login'
  /** Annotations of an Ingress that make its controller ask somebody, such as oauth2-proxy. */
  | { readonly annotations: Readonly<Record<string, string>> }
  /**
   * Another Service of the namespace, such as oauth2-proxy, that requests go to first. You tell it to go on to the user interface:
   * `--upstream=http://ml-pipeline-ui:80`.
   */
  | { readonly service: string; readonly port: number };

/** How people reach the user interface from outside of the cluster. */
export interface KfpExposure {
  /** An Ingress, or an HTTPRoute of a Gateway that exists. */
  readonly by: 'ingress' | { readonly gateway: string; readonly namespace?: string; readonly section?: string };
  /** The host's name. */
  readonly host: string;
  /** Who lets people in. */
  readonly login: KfpLogin;
  /** The class of the Ingress. @default - the cluster's default class */
  readonly ingressClassName?: string | undefined;
  /** The Secret with the certificate of the Ingress; a Gateway has its own. @default - none: no TLS, a warning */
  readonly tlsSecret?: string | undefined;
  /** Annotations of the Ingress or the HTTPRoute. @default - none */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /**
   * Labels of the namespace that requests come from, the Ingress controller's or the Gateway's:
   * `{ 'kubernetes.io/metadata.name': 'ingress-nginx' }`. With a login that is a Service, they come from there, and this says nothing.
   * @default - anywhere: load balancers of clouds are in no namespace
   */
  readonly from?: Readonly<Record<string, string>> | undefined;
}
