import type { NetworkPeer } from '../tenants/network';

/**
 * What KFP's NetworkPolicies let through besides what its programs do with each other and with runs. No other pod reaches KFP's API or its
 * user interface, unless `clients` or `exposure` says so.
 */
export interface KfpNetwork {
  /**
   * Where names are looked up, by port 53. NodeLocal DNS is `{ cidrs: ['169.254.20.10/32'] }`. OpenShift's listens on 5353, which needs a
   * policy of your own.
   * @default - pods with the label `k8s-app: kube-dns` in `kube-system`
   */
  readonly dns?: NetworkPeer | undefined;
  /**
   * Where Kubernetes' API server is: the addresses of `kubectl get endpoints kubernetes`, as CIDRs, and its ports.
   * @default - anywhere, by 443 and 6443
   */
  readonly apiServer?:
    | { readonly cidrs: readonly string[]; readonly ports?: readonly number[] | undefined }
    | undefined;
  /**
   * Who calls KFP's API server, besides its programs and runs: notebooks, CI. `[{ namespace: 'ci', labels: { app: 'runner' } }]`.
   * @default - nobody
   */
  readonly clients?: readonly NetworkPeer[] | undefined;
  /** Who reads the programs' metrics: Prometheus. @default - nobody */
  readonly metrics?: NetworkPeer | undefined;
}
