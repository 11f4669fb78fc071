import type { Json } from '../../components/definition';

/** The fields that are read of something: each with those of what it holds, or true where all of it is. `*` is any name. */
type Shape = true | { readonly [field: string]: Shape };

const CONSTANT = { constant: true, runtimeParameter: true } as const;
const PARAMETER: Shape = {
  componentInputParameter: true,
  taskOutputParameter: { producerTask: true, outputParameterKey: true },
  runtimeValue: CONSTANT,
  taskFinalStatus: { producerTask: true },
  parameterExpressionSelector: true,
};
const ITEMS = { raw: true, inputParameter: true, inputArtifact: true } as const;
const ITERATOR: Shape = { items: ITEMS, itemInput: true };

/** What is read of a task; what else it has is in its normal form already. */
const TASK: Shape = {
  '*': true,
  componentRef: { name: true },
  inputs: {
    parameters: { '*': PARAMETER },
    artifacts: {
      '*': { componentInputArtifact: true, taskOutputArtifact: { producerTask: true, outputArtifactKey: true } },
    },
  },
  parameterIterator: ITERATOR,
  artifactIterator: ITERATOR,
  iteratorPolicy: { parallelismLimit: true },
};

const SELECTOR = { producerSubtask: true, outputParameterKey: true, outputArtifactKey: true } as const;
const OUTPUTS: Shape = {
  parameters: {
    '*': { valueFromParameter: SELECTOR, valueFromOneof: { parameterSelectors: { '*': SELECTOR } } },
  },
  artifacts: { '*': { artifactSelectors: { '*': SELECTOR } } },
};

const PORTS: Shape = { parameters: { '*': true }, artifacts: { '*': true } };

/** What is read of the component of a group, which has no normal form of its own. */
const GROUP: Shape = {
  inputDefinitions: PORTS,
  outputDefinitions: PORTS,
  dag: { tasks: true, outputs: OUTPUTS },
};

const CONTAINER: Shape = {
  '*': true,
  env: { '*': { name: true, value: true } },
  resources: { '*': true, accelerator: { type: true, count: true, resourceType: true, resourceCount: true } },
};

const NAMED: Shape = {
  '*': true,
  secretNameParameter: PARAMETER,
  configMapNameParameter: PARAMETER,
  pvcNameParameter: PARAMETER,
};
const PLATFORM: Shape = {
  '*': true,
  secretAsEnv: { '*': NAMED },
  secretAsVolume: { '*': NAMED },
  configMapAsEnv: { '*': NAMED },
  configMapAsVolume: { '*': NAMED },
  pvcMount: { '*': NAMED },
  imagePullSecret: { '*': { secretName: true, secretNameParameter: PARAMETER } },
};

/** What is read of a whole document. */
const DOCUMENT: Shape = {
  spec: true,
  platform: {
    platforms: { '*': true, kubernetes: { '*': true, deploymentSpec: { executors: true } } },
  },
};

/** Shapes by what has them. */
export const SHAPES = {
  task: TASK,
  group: GROUP,
  pipeline: { '*': true, dag: { '*': true, outputs: OUTPUTS } },
  container: CONTAINER,
  importer: { '*': true, artifactUri: CONSTANT },
  platform: PLATFORM,
  document: DOCUMENT,
} as const satisfies Record<string, Shape>;

/** What an object has besides what is read of it, at its place; undefined where that is nothing. */
export function unknownOf(value: unknown, shape: Shape): Json | undefined {
  if (shape === true || typeof value !== 'object' || value === null) return undefined;
  const found: Record<string, Json> = {};
  for (const [field, member] of Object.entries(value)) {
    const known = Object.hasOwn(shape, field) ? shape[field] : shape['*'];
    const unknown = known === undefined ? (member as Json) : unknownOf(member, known);
    if (unknown !== undefined) found[field] = unknown;
  }
  return Object.keys(found).length > 0 ? found : undefined;
}
