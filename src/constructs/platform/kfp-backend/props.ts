import type { Duration } from 'cdk8s';
import type { PolicyRule } from '../../../components/definition';
import type { ArgoBackendProps } from '../argo-backend/props';
import type { WorkloadOptions } from '../backend/workload';
import type { Database } from '../database';
import type { ObjectStore } from '../object-store';
import type { IWorkloadIdentity } from '../runner';
import type { KfpExposure } from './exposure-props';
import type { KfpImageOptions } from './images';
import type { KfpMultiUser } from './multi-user-props';
import type { KfpNetwork } from './network-props';
import type { KfpProgram } from './program';
import type { KfpVersion } from './release';

/** Who signs certificates: an Issuer or ClusterIssuer of cert-manager's that exists. */
export interface CertificateIssuer {
  readonly name: string;
  /** @default 'Issuer' */
  readonly kind?: 'Issuer' | 'ClusterIssuer' | undefined;
}

/** Argo Workflows, as a {@link KfpBackend} installs it for itself. */
export type KfpArgoOptions = Pick<
  ArgoBackendProps,
  'parallelism' | 'namespaceParallelism' | 'retention' | 'workflowDefaults' | 'executor' | 'metrics'
>;

/** Who runs' pods are, where a run names no other service account: `pipeline-runner`. */
export interface KfpRunnerOptions {
  /** What it may do besides what KFP's own containers need. @default - nothing */
  readonly rules?: readonly PolicyRule[] | undefined;
  /** Annotations of the service account. @default - none */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Who the pods are to a cloud. @default - that of the backend's `workloadIdentity` */
  readonly workloadIdentity?: IWorkloadIdentity | undefined;
  /** Secrets with credentials of image registries. @default - those of `images` */
  readonly imagePullSecrets?: readonly (string | { readonly name: string })[] | undefined;
}

/** What holds for all runs. */
export interface KfpRunDefaults {
  /** Whether results of tasks are reused where a pipeline does not say. @default true */
  readonly cache?: boolean | undefined;
  /** Whether logs of tasks are kept beside their artifacts. @default true */
  readonly publishLogs?: boolean | undefined;
  /**
   * How long finished Workflow objects stay in the cluster, where a pipeline and `workflowDefaults` of `argo` do not say; KFP's own
   * records stay.
   * @default Duration.days(1)
   */
  readonly workflowTtl?: Duration | undefined;
  /** Where artifacts go that a pipeline names no root for: a path below the bucket. @default 'v2/artifacts' */
  readonly artifactPath?: string | undefined;
  /** Who users' containers run as, where their image does not say; release 2.17.0. @default - as the image says */
  readonly securityContext?:
    | { readonly runAsUser?: number; readonly runAsGroup?: number; readonly runAsNonRoot?: boolean }
    | undefined;
}

/**
 * A proxy that KFP's programs and runs go through to what is outside of the cluster. Two things of KFP's go without: the API server
 * when it fetches a pipeline by its URL, and the user interface when it shows what is in a store of S3's protocol.
 */
export interface KfpProxy {
  /** The URL of the proxy for plain HTTP: `http://proxy.example.com:3128`. @default - none */
  readonly http?: string | undefined;
  /** The URL of the proxy for HTTPS, which may itself be plain HTTP. @default - none */
  readonly https?: string | undefined;
  /** Hosts that are reached without it, besides those of the cluster. @default - none */
  readonly except?: readonly string[] | undefined;
}

/** Props of {@link KfpBackend} in every form of it. */
interface CommonProps {
  /** The release of KFP. @default '2.17.0' */
  readonly version?: KfpVersion | undefined;
  /**
   * Pipelines as objects of Kubernetes (`KfpPipeline`, `KfpPipelineVersion`), which a webhook of the API server checks;
   * cert-manager must be there. Release 2.17.0.
   * @default false
   */
  readonly kubernetesNative?: boolean | { readonly issuer: CertificateIssuer } | undefined;
  /** The definitions of kinds: small ones, or those that somebody else has installed. @default 'minimal' */
  readonly crds?: 'minimal' | 'external' | undefined;
  /** Whether the namespace is among the objects. @default true */
  readonly createNamespace?: boolean | undefined;
}

/** Props of {@link KfpBackend}. */
export interface KfpBackendProps extends CommonProps {
  readonly parity?: undefined;
  /**
   * Where pipelines, runs and their metadata are kept: MySQL, with a user that may log in by `mysql_native_password`. Its server's
   * certificate is checked against public authorities, unless `caCertificate` names another one.
   */
  readonly database: Database;
  /**
   * The database of the metadata of artifacts, beside that of `database`, in the same server. KFP makes both where its user may.
   * @default 'metadb'
   */
  readonly metadataDatabase?: string | undefined;
  /** Where artifacts, logs and pipelines' documents are kept. */
  readonly objectStore: ObjectStore;
  /**
   * Argo Workflows: how it is installed, or `'external'` where it is there already: 3.6 or newer, working for the namespaces with runs,
   * with an artifact repository, and for KFP 2.17.0 with an executor that is not root, such as `argoexec:v4.0.8-nonroot`.
   * `workflowDefaults` are merged over the backend's own.
   * @default - for this namespace
   */
  readonly argo?: KfpArgoOptions | 'external' | undefined;
  /** The user interface. @default true */
  readonly ui?: boolean | undefined;
  /** What pipelines of KFP's first version need: cache webhook, lineage writer, viewers, visualisations. @default false */
  readonly v1?: boolean | undefined;
  /** Many teams in one installation, each in a namespace of its own (`KfpTenant`). @default - one team, this namespace */
  readonly multiUser?: KfpMultiUser | undefined;
  /**
   * The level of PodSecurity that the namespace enforces. KFP's own pods obey `'restricted'`; pods of runs do so if their components
   * do.
   * @default - 'restricted' where runs are in other namespaces (`multiUser`), else 'baseline'
   */
  readonly podSecurity?: 'restricted' | 'baseline' | undefined;
  /** Where images come from; release 2.2.0 needs it, since its own are gone. @default - where KFP publishes them */
  readonly images?: KfpImageOptions | undefined;
  /** Who KFP's programs and runs are to a cloud, where credentials are `'identity'`. @default - nobody */
  readonly workloadIdentity?: IWorkloadIdentity | undefined;
  /** The service account of runs. @default - what KFP's containers need, no more */
  readonly runner?: KfpRunnerOptions | undefined;
  /** @default - KFP's own defaults */
  readonly runs?: KfpRunDefaults | undefined;
  /**
   * TLS between KFP's programs, by a certificate of cert-manager's; release 2.17.0. Who signs it must tell its own certificate, as
   * `ca.crt`; where nobody is named, the backend has an authority of its own. Programs read the certificate when they start: after a
   * renewal they must be restarted before the old one ends, for which the backend's own authority gives half a year.
   * @default - none
   */
  readonly tls?: { readonly issuer?: CertificateIssuer | undefined } | undefined;
  /**
   * A ConfigMap with certificates of authorities that pods of runs trust besides public ones, in each namespace with runs; release
   * 2.17.0. It must hold those of the `tls` between programs and of the object store too, where they are no public ones.
   * @default - those of `tls` or of the object store
   */
  readonly caBundle?: { readonly configMap: string; readonly key: string } | undefined;
  /** How people reach the user interface. @default - by port forwarding */
  readonly exposure?: KfpExposure | undefined;
  /**
   * Whether NetworkPolicies allow each program what it does and nothing else; and what they let through besides.
   * @default true
   */
  readonly networkPolicies?: boolean | KfpNetwork | undefined;
  /** @default - none */
  readonly proxy?: KfpProxy | undefined;
  /** The domain of the cluster's Services. @default 'cluster.local' */
  readonly clusterDomain?: string | undefined;
  /** The time zone of schedules that name none. @default 'UTC' */
  readonly timezone?: string | undefined;
  /** A PriorityClass that exists, for all programs. @default - none */
  readonly priorityClassName?: string | undefined;
  /**
   * More about single programs, by the names of their Deployments: replicas, resources, variables, places. Programs that elect no
   * leader are one each.
   * @default - one replica of each
   */
  readonly programs?: { readonly [program in KfpProgram]?: WorkloadOptions } | undefined;
}

/**
 * Upstream's own objects, as its kustomizations have them: for comparison, and on the way from them. Its well-known passwords stand
 * in its Secrets.
 */
export interface KfpParityProps extends CommonProps {
  /** Upstream's own objects. */
  readonly parity: 'upstream';
}
