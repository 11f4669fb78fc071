import type { Duration } from 'cdk8s';
import type { SecretKey } from '../../settings/artifacts';
import type { ImageOptions } from '../backend/images';
import type { WorkloadOptions, WorkloadResources } from '../backend/workload';
import type { Database } from '../database';
import type { ObjectStore } from '../object-store';
import type { ArgoVersion } from './images';

/** Where an {@link ArgoBackend} runs workflows: its own namespace, another one, or all. */
export type ArgoScope = 'namespace' | 'cluster' | { readonly managedNamespace: string };

/** What the pods of Argo's executor ask for, beside a task's own. */
export interface ArgoExecutor {
  /** CPU and memory. @default - 10m and 64Mi, at most 512Mi */
  readonly resources?: WorkloadResources | undefined;
  /** Over what PodSecurity's "restricted" wants. @default - nothing */
  readonly securityContext?: { readonly [field: string]: unknown } | undefined;
  /** Environment variables: proxies, for example. @default - none */
  readonly env?: { readonly [name: string]: string } | undefined;
}

/** Which finished workflows are archived. */
export interface ArgoArchive {
  /** How long they are kept. @default - for ever */
  readonly ttl?: Duration | undefined;
  /** Labels that a workflow must have to be archived. @default - all are */
  readonly labels?: { readonly [label: string]: string } | undefined;
}

/** Who logs in to the server: OpenID Connect. */
export interface ArgoSso {
  /** The issuer's URL. */
  readonly issuer: string;
  /** Where the client's id stands. */
  readonly clientId: SecretKey;
  /** Where the client's secret stands. */
  readonly clientSecret: SecretKey;
  /** Where the issuer sends people back to: `https://argo.example.com/oauth2/callback`. */
  readonly redirectUrl: string;
  /** Scopes besides `openid`, such as `groups`. @default - none */
  readonly scopes?: readonly string[] | undefined;
  /**
   * Service accounts that people act as; rules in their annotations say who. Without, everyone who can log in may do what the
   * server may: look.
   * @default - none
   * @see https://argo-workflows.readthedocs.io/en/latest/argo-server-sso/
   */
  readonly accounts?: readonly string[] | undefined;
}

/** Argo's server: its user interface and API. */
export interface ArgoServer extends WorkloadOptions {
  /**
   * Who people are to it: `'client'`, who they are to Kubernetes, by a token of theirs; or an issuer to log in at.
   * @default 'client'
   */
  readonly sso?: ArgoSso | undefined;
  /** The path that it is served below. @default '/' */
  readonly basePath?: string | undefined;
}

/** Props of {@link ArgoBackend}. */
export interface ArgoBackendProps {
  /** The release of Argo Workflows. @default '4.1.2' */
  readonly version?: ArgoVersion | undefined;
  /** Where workflows run. @default 'namespace' */
  readonly scope?: ArgoScope | undefined;
  /**
   * The definitions of Argo's kinds: small ones that leave checks to Argo, or those that somebody else has installed.
   * @default 'minimal'
   */
  readonly crds?: 'minimal' | 'external' | undefined;
  /** Where artifacts and logs are kept; `'none'` where pipelines have no artifacts. */
  readonly artifactRepository: ObjectStore | 'none';
  /** Whether the logs of pods are kept there. @default true */
  readonly archiveLogs?: boolean | undefined;
  /** Where finished workflows, and the status of large ones, are kept. @default - in the cluster alone */
  readonly database?: Database | undefined;
  /** Which finished workflows are archived in the database; `false`: none. @default - all, for ever */
  readonly archive?: ArgoArchive | false | undefined;
  /** Whether the status of workflows too large for the cluster goes to the database. @default true */
  readonly offloadNodeStatus?: boolean | undefined;
  /** How many finished workflows of each kind stay in the cluster. @default - all */
  readonly retention?: { readonly completed?: number; readonly failed?: number; readonly errored?: number } | undefined;
  /** How many workflows run at the same time. @default - no limit */
  readonly parallelism?: number | undefined;
  /** The same, in each namespace. @default - no limit */
  readonly namespaceParallelism?: number | undefined;
  /** What every workflow is, unless it says otherwise: fields of a Workflow. @default - nothing */
  readonly workflowDefaults?: { readonly [field: string]: unknown } | undefined;
  /** What Argo's executor asks for in each pod. @default - little */
  readonly executor?: ArgoExecutor | undefined;
  /** Whether the controller may keep results of tasks for reuse, which pipelines ask for by `caching`. @default true */
  readonly caching?: boolean | undefined;
  /** Prometheus metrics of the controller; with TLS by a certificate of its own, unless told otherwise. @default - with TLS */
  readonly metrics?: { readonly secure?: boolean } | false | undefined;
  /** More about the controller's Deployment. Several replicas elect a leader. @default - one replica */
  readonly controller?: WorkloadOptions | undefined;
  /** Argo's server. @default - none */
  readonly server?: ArgoServer | undefined;
  /** Where images come from. @default - where Argo publishes them */
  readonly images?: ImageOptions | undefined;
  /** More keys of the controller's configuration; each value is printed as YAML. @default - none */
  readonly extraConfiguration?: { readonly [key: string]: unknown } | undefined;
}
