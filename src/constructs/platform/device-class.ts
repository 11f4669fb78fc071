import { Construct } from 'constructs';
import { kebab } from '../../graph/names';
import { Manifest } from '../manifest';
import type { ResourceClaim } from '../settings/resources';

const API = 'resource.k8s.io/v1';

/** Props of {@link DeviceClass}. */
export interface DeviceClassProps {
  /** What a device must be, in CEL; all must hold: `device.driver == 'gpu.nvidia.com'`. */
  readonly selectors: readonly string[];
  /** The class's name. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
  /** The name by which pods may ask for one as for an extended resource: `example.com/gpu`. @default - none */
  readonly extendedResourceName?: string | undefined;
}

/**
 * A class of devices that pods claim by dynamic resource allocation, Kubernetes 1.34 and newer. A driver of the devices must be
 * installed.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
export class DeviceClass extends Construct {
  /** The class's name. */
  public readonly name: string;

  public constructor(scope: Construct, id: string, props: DeviceClassProps) {
    super(scope, id);
    const { name = kebab(id), selectors, extendedResourceName } = props;
    this.name = name;
    new Manifest(this, 'Default', {
      apiVersion: API,
      kind: 'DeviceClass',
      name,
      namespace: 'none',
      body: () => ({
        fields: {
          spec: {
            selectors: selectors.map((expression) => ({ cel: { expression } })),
            ...(extendedResourceName !== undefined && { extendedResourceName }),
          },
        },
      }),
    });
  }
}

/** Props of {@link DeviceClaim}. */
export interface DeviceClaimProps {
  /** The class, or the name of one that exists. */
  readonly deviceClass: string | { readonly name: string };
  /** How many devices. @default 1 */
  readonly count?: number | undefined;
  /** What each must be besides, in CEL. @default - nothing */
  readonly selectors?: readonly string[] | undefined;
  /** The template's name. @default - the construct's id, in kebab case */
  readonly name?: string | undefined;
}

/**
 * Devices that each pod of a task gets for itself: a ResourceClaimTemplate.
 *
 * ```ts
 * const gpus = new DeviceClaim(chart, 'two-gpus', { deviceClass: 'gpu.nvidia.com', count: 2 });
 * new Task(pipeline, 'train', { component: train, inputs: { … }, resources: { claims: [gpus.claim] } });
 * ```
 */
export class DeviceClaim extends Construct {
  /** The template's name. */
  public readonly name: string;
  /** What a task's `resources.claims` takes. */
  public readonly claim: ResourceClaim;

  /** @throws where `count` is no whole number from 1 */
  public constructor(scope: Construct, id: string, props: DeviceClaimProps) {
    super(scope, id);
    const { name = kebab(id), deviceClass, count = 1, selectors = [] } = props;
    if (!Number.isInteger(count) || count < 1) {
      throw new Error(`'${this.node.path}' claims ${count} devices: give a whole number from 1.`);
    }
    this.name = name;
    this.claim = { name, template: name };
    new Manifest(this, 'Default', {
      apiVersion: API,
      kind: 'ResourceClaimTemplate',
      name,
      body: () => ({
        fields: {
          spec: {
            spec: {
              devices: {
                requests: [
                  {
                    name: 'devices',
                    exactly: {
                      deviceClassName: typeof deviceClass === 'string' ? deviceClass : deviceClass.name,
                      allocationMode: 'ExactCount',
                      count,
                      ...(selectors.length > 0 && {
                        selectors: selectors.map((expression) => ({ cel: { expression } })),
                      }),
                    },
                  },
                ],
              },
            },
          },
        },
      }),
    });
  }
}
