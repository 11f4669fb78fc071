import { Size } from 'cdk8s';
import { Construct } from 'constructs';
import type * as kubernetes from 'kubernetes-types/core/v1';
import type * as networking from 'kubernetes-types/networking/v1';
import { Manifest } from '../../manifest';
import { unshared } from '../unshared';
import type { ImageOptions } from './images';
import { labelsOf } from './objects';
import { deployment, type WorkloadOptions, type WorkloadResources } from './workload';

/** Says on each object what it is not for. */
const WARNING = { 'cdk8s-kfp/not-for-production': 'one pod, one volume, no TLS, no backups' };

/** The volume with what is kept. */
const DATA = 'data';

/** What a user may say of a program for trying things out. */
export interface TryOutSize {
  /** How much it can hold. @default Size.gibibytes(10) */
  readonly size?: Size | undefined;
  /** The StorageClass of its volume. @default - the cluster's default class */
  readonly storageClassName?: string | undefined;
}

/** A program that keeps something on one volume. */
export interface TryOutProgram extends TryOutSize {
  readonly name: string;
  readonly image: string;
  /** Who it runs as, and who its volume belongs to. */
  readonly user: number;
  readonly port: { readonly name: string; readonly port: number };
  /** Where its volume is, and where it writes what need not last. */
  readonly folders: { readonly data: string; readonly scratch: Readonly<Record<string, string>> };
  readonly container: Partial<kubernetes.Container>;
  readonly resources: WorkloadResources;
  /** Who may reach it. */
  readonly from: readonly networking.NetworkPolicyPeer[];
  readonly images: ImageOptions;
  readonly options?: WorkloadOptions;
}

/** A store of one pod, for trying things out: its volume, its Deployment, its Service, and who reaches it. */
export abstract class TryOut extends Construct {
  /** The image of its pod. */
  public readonly image: string;

  public constructor(scope: Construct, id: string, program: TryOutProgram) {
    super(scope, id);
    const { name, image, port, from } = program;
    this.image = image;
    const common = { name, labels: labelsOf(name), annotations: WARNING };
    new Manifest(this, 'Claim', {
      ...common,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      body: () => ({ fields: { spec: claim(program) } }),
    });
    new Manifest(this, 'Deployment', {
      ...common,
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      body: () => ({ fields: workload(program) }),
    });
    new Manifest(this, 'Service', {
      ...common,
      apiVersion: 'v1',
      kind: 'Service',
      body: () => ({ fields: { spec: { selector: labelsOf(name), ports: [{ ...port, targetPort: port.name }] } } }),
    });
    new Manifest(this, 'NetworkPolicy', {
      ...common,
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      body: () => ({
        fields: {
          spec: {
            podSelector: { matchLabels: labelsOf(name) },
            policyTypes: ['Ingress'],
            ingress: [{ from: unshared(from), ports: [{ port: port.port }] }],
          },
        },
      }),
    });
  }
}

function claim({ size = Size.gibibytes(10), storageClassName }: TryOutSize): kubernetes.PersistentVolumeClaimSpec {
  return {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: size.asString() } },
    ...(storageClassName !== undefined && { storageClassName }),
  };
}

function workload(program: TryOutProgram): Record<string, unknown> {
  const { name, image, user, port, folders, container, resources, images, options = {} } = program;
  const scratch = Object.entries(folders.scratch);
  return deployment(
    {
      name,
      image,
      recreate: true,
      podSecurity: { runAsUser: user, runAsGroup: user, fsGroup: user },
      resources,
      container: {
        ...container,
        ports: [{ name: port.name, containerPort: port.port }],
        readinessProbe: { tcpSocket: { port: port.port }, periodSeconds: 5 },
        volumeMounts: [
          { name: DATA, mountPath: folders.data },
          ...scratch.map(([volume, mountPath]) => ({ name: volume, mountPath })),
        ],
      },
      volumes: [
        { name: DATA, persistentVolumeClaim: { claimName: name } },
        ...scratch.map(([volume]) => ({ name: volume, emptyDir: {} })),
      ],
    },
    options,
    images,
  );
}
