import { loweredTree } from '../constructs/settings/setting-value';
import { isRunValue, mapRunValues, type Tree, type TreeObject } from '../graph/settings';
import type { Flat } from '../values/flat';
import type { Parameter } from '../values/parameter';
import { type RunFacts, runFacts } from '../values/run-facts';
import { Value } from '../values/value';
import { Component } from './component';
import type { ParameterDefinition, PolicyRule, ResourceAction } from './definition';
import type { InputsOf, OutputsOf } from './ports';
import { resourceRules } from './resource-rules';

/** Parameters of a resource component, by name. */
export type ResourceInputs = Readonly<Record<string, Parameter<unknown, boolean>>>;

/** An output of a resource component: its type, and where in the object it is found. */
export interface ResourceOutput<P extends Parameter<unknown, boolean> = Parameter<unknown, boolean>> {
  /** `str()`, `int()`, `dict()`, …. */
  readonly type: P;
  /** kubectl's JSONPath template: `{.metadata.name}`. A field that is not there gives the empty string. */
  readonly jsonPath: string;
}

/** Outputs of a resource component, by name. */
export type ResourceOutputs = Readonly<Record<string, ResourceOutput>>;

type TypesOf<O extends ResourceOutputs> = { readonly [K in keyof O]: O[K]['type'] };

/** What the manifest of a resource component is made of. */
export interface ResourceValues<I extends ResourceInputs> {
  /** The values of the inputs. A field that is given an optional one is left out where that is absent. */
  readonly inputs: Flat<{
    readonly [K in keyof I]: I[K] extends Parameter<infer T, boolean> ? Value<T> : never;
  }>;
  /** Facts about the run. */
  readonly run: RunFacts;
}

/** An object of the cluster, with values of the run wherever a value stands. */
export interface ResourceManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** Props of {@link ResourceComponent}. */
export interface ResourceComponentProps<I extends ResourceInputs, O extends ResourceOutputs> {
  /** The component's name. A letter or digit first, then letters, digits, `-` and `_`. */
  readonly name: string;
  /** What it does. @default - none */
  readonly description?: string | undefined;
  /** What is done with the object, as kubectl calls it. @default 'create' */
  readonly action?: ResourceAction | undefined;
  /** Inputs by name: `str()`, `int(3)`, `optional(str())`, …. @default - none */
  readonly inputs?: I | undefined;
  /** What is read from the object when the action is done, and its conditions hold. @default - nothing */
  readonly outputs?: O | undefined;
  /** The object; for a JSON patch, the list of its operations. */
  readonly manifest:
    | ResourceManifest
    | readonly object[]
    | ((values: ResourceValues<I>) => ResourceManifest | readonly object[]);
  /** How a patch is merged. @default 'strategic' */
  readonly mergeStrategy?: 'strategic' | 'merge' | 'json' | undefined;
  /**
   * Whether the object belongs to the run, so that it is removed with the Workflow. It is so only for objects of the run's own
   * namespace: Kubernetes removes at once what belongs to something in another one.
   * @default - true for what is created, applied or replaced without a namespace of its own
   */
  readonly setOwnerReference?: boolean | undefined;
  /**
   * What must hold of the object for the task to succeed, in the form of a label selector over its fields:
   * `status.phase == Bound`, `status.succeeded > 0`. All parts must hold.
   * @default - the task succeeds when the action is done
   */
  readonly successCondition?: string | undefined;
  /** What makes the task fail; one part is enough. @default - nothing */
  readonly failureCondition?: string | undefined;
  /** Further options of kubectl. @default - `--wait=false` for `delete`, else none */
  readonly flags?: readonly string[] | undefined;
  /** The plural by which Kubernetes knows the kind, where it is not a plain one. @default - guessed from the kind */
  readonly plural?: string | undefined;
  /** What the account must be allowed, where action and manifest do not tell. @default - what they tell */
  readonly rules?: readonly PolicyRule[] | undefined;
}

/**
 * A component that does something with an object of the cluster, as KFP v1's `ResourceOp` did: Argo's own executor calls
 * kubectl, and no container of yours runs.
 *
 * ```ts
 * const startJob = new ResourceComponent({
 *   name: 'start-job',
 *   inputs: { image: str(), workers: int(1) },
 *   outputs: { name: { type: str(), jsonPath: '{.metadata.name}' } },
 *   manifest: ({ inputs, run }) => ({
 *     apiVersion: 'batch/v1',
 *     kind: 'Job',
 *     metadata: { name: text`${run.name}-job` },
 *     spec: { parallelism: inputs.workers, template: { … } },
 *   }),
 *   successCondition: 'status.succeeded > 0',
 *   failureCondition: 'status.failed > 3',
 * });
 * ```
 *
 * The account of the task must be allowed to do it: `runner.allow(startJob)`.
 *
 * @see https://argo-workflows.readthedocs.io/en/latest/walk-through/kubernetes-resources/
 */
export class ResourceComponent<
  const I extends ResourceInputs = {},
  const O extends ResourceOutputs = {},
> extends Component<InputsOf<I>, OutputsOf<TypesOf<O>>> {
  public constructor(props: ResourceComponentProps<I, O>) {
    const inputs = Object.fromEntries(
      Object.entries(props.inputs ?? {}).map(([name, port]) => [name, port.definition]),
    );
    const outputs = Object.entries(props.outputs ?? {});
    const { action = 'create', manifest, mergeStrategy, successCondition, failureCondition } = props;
    const given = loweredTree(typeof manifest === 'function' ? manifest(valuesOf<I>(inputs)) : manifest);
    const lowered = mapRunValues(given, (value) => ({ ...value, port: portOf(value, inputs) })) as Tree;
    const flags = props.flags ?? (action === 'delete' ? ['--wait=false'] : []);
    const owned = props.setOwnerReference ?? (OWNING.includes(action) && namespaceOf(lowered) === undefined);
    const asks = outputs.length > 0 || successCondition !== undefined || failureCondition !== undefined;
    super(() => definition);
    const definition = {
      name: props.name,
      ...(props.description !== undefined && { description: props.description }),
      inputs,
      outputs: Object.fromEntries(outputs.map(([name, { type }]) => [name, type.definition])),
      implementation: {
        kind: 'resource' as const,
        action,
        manifest: lowered,
        ...(mergeStrategy !== undefined && { mergeStrategy }),
        ...(owned && { setOwnerReference: true }),
        ...(successCondition !== undefined && { successCondition }),
        ...(failureCondition !== undefined && { failureCondition }),
        ...(flags.length > 0 && { flags: [...flags] }),
        outputs: Object.fromEntries(outputs.map(([name, { jsonPath }]) => [name, jsonPath])),
        rules: props.rules ?? resourceRules(action, lowered, asks, props.plural),
      },
    };
  }
}

/** What an object can be made by. */
const OWNING: readonly ResourceAction[] = ['create', 'apply', 'replace'];

/** Inputs are parameters of the component's expressions. */
function valuesOf<I extends ResourceInputs>(inputs: Readonly<Record<string, ParameterDefinition>>): ResourceValues<I> {
  return {
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, { type }]) => [name, Value.of({ kind: 'parameter', name, type })]),
    ) as unknown as ResourceValues<I>['inputs'],
    run: runFacts(),
  };
}

/** What a place of the manifest takes: the input itself where it is one, so that it may be absent. */
function portOf(value: unknown, inputs: Readonly<Record<string, ParameterDefinition>>): ParameterDefinition {
  const { expression, port } = value as {
    readonly expression: { kind: string; name?: string };
    port: ParameterDefinition;
  };
  return (expression.kind === 'parameter' && inputs[expression.name!]) || port;
}

/** The namespace that a manifest names; undefined for the run's own. */
export function namespaceOf(manifest: Tree): Tree | undefined {
  const { metadata } = (isRunValue(manifest) ? {} : manifest) as { readonly metadata?: TreeObject };
  return metadata?.namespace;
}
