import { Construct } from 'constructs';
import { kebab } from '../../graph/names';
import { Manifest } from '../manifest';
import type { ResourceClaim } from '../settings/resources';
import { factsOf, namespaceOf } from './facts';
import { expectKinds } from './kinds';
import { complain, isQualifiedName, nameProblems, type Problem } from './problems';

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

  /** @throws where a prop is of another kind */
  public constructor(scope: Construct, id: string, props: DeviceClassProps) {
    super(scope, id);
    expectKinds(this, props, { selectors: 'a list!', name: 'a text', extendedResourceName: 'a text' });
    const { name = kebab(id), selectors, extendedResourceName: extended } = props;
    this.name = name;
    complain(this, new.target, 'KFP1712', [
      ...nameProblems('a class of devices', name),
      ...selectorProblems(selectors),
      ...(selectors.length > 0
        ? []
        : [{ message: 'the class is of every device of every driver', mend: 'give a selector: device.driver == …' }]),
      ...(extended === undefined || (extended.includes('/') && isQualifiedName(extended))
        ? []
        : [{ message: `'${extended}' is no extended resource`, mend: 'write it with a domain: example.com/gpu' }]),
    ]);
    new Manifest(this, 'Default', {
      apiVersion: API,
      kind: 'DeviceClass',
      name,
      namespace: 'none',
      body: () => ({
        fields: {
          spec: {
            selectors: selectors.map((expression) => ({ cel: { expression } })),
            ...(extended !== undefined && { extendedResourceName: extended }),
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

  /** @throws where `count` is no whole number from 1, or a prop is of another kind */
  public constructor(scope: Construct, id: string, props: DeviceClaimProps) {
    super(scope, id);
    const isNamed = typeof props?.deviceClass !== 'object';
    expectKinds(this, props, { deviceClass: isNamed ? 'a text!' : 'an object!', selectors: 'a list', name: 'a text' });
    const { name = kebab(id), deviceClass, count = 1, selectors = [] } = props;
    if (!Number.isInteger(count) || count < 1) {
      throw new Error(`'${this.node.path}' claims ${count} devices: give a whole number from 1.`);
    }
    this.name = name;
    this.claim = { name, template: name };
    // It is a name in the pod as well.
    complain(this, new.target, 'KFP1712', [
      ...nameProblems('a claim of devices', name, 'label'),
      ...selectorProblems(selectors),
    ]);
    factsOf(this).deviceClaims.push({ name, namespace: namespaceOf(this) });
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

/** Kubernetes takes 32 expressions, and compiles each. */
function selectorProblems(selectors: readonly string[]): Problem[] {
  const isOne = (selector: unknown) => typeof selector === 'string' && selector.trim() !== '';
  if (selectors.every(isOne) && selectors.length <= 32) return [];
  return [{ message: 'the selectors are no expressions, or more than 32', mend: 'give texts in CEL, joined by &&' }];
}
