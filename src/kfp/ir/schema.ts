import { artifactType, executor, valueOrParameter } from './executor-schema';
import { kubernetesExecutorConfig } from './kubernetes-schema';
import { choice, duration, flag, json, listOf, mapOf, message, real, type Shape, struct, text, whole } from './message';

/**
 * The shape of a KFP document: all fields of its protobuf messages, also those that nothing here reads.
 *
 * @see https://github.com/kubeflow/pipelines/blob/master/api/v2alpha1/pipeline_spec.proto
 */

/** What KFP 1.8 wrote for a type. */
const primitive = choice(['PRIMITIVE_TYPE_UNSPECIFIED', 'INT', 'DOUBLE', 'STRING'], true);

const parameterType = choice([
  'PARAMETER_TYPE_ENUM_UNSPECIFIED',
  'NUMBER_DOUBLE',
  'NUMBER_INTEGER',
  'STRING',
  'BOOLEAN',
  'LIST',
  'STRUCT',
  'TASK_FINAL_STATUS',
  'TASK_CONFIG',
]);

const parameter = {
  type: primitive,
  parameterType,
  defaultValue: json,
  isOptional: flag,
  description: text,
  literals: listOf(json),
};

const artifact = { artifactType, isArtifactList: flag, isOptional: flag, description: text };

const ports = (parameterFields: Readonly<Record<string, Shape>>, artifactFields: Readonly<Record<string, Shape>>) =>
  message({
    parameters: mapOf(message(parameterFields, { oneOf: [{ fields: ['parameterType', 'type'], required: true }] })),
    artifacts: mapOf(message(artifactFields, { required: ['artifactType'] })),
  });

const outputParameter = message(
  { producerTask: text, outputParameterKey: text },
  { required: ['producerTask', 'outputParameterKey'] },
);

/** Where an input parameter comes from; Kubernetes' settings use it as well. */
export const inputParameter = message(
  {
    taskOutputParameter: outputParameter,
    runtimeValue: valueOrParameter,
    componentInputParameter: text,
    taskFinalStatus: message({ producerTask: text }, { required: ['producerTask'] }),
    parameterExpressionSelector: text,
  },
  {
    oneOf: [
      {
        fields: ['taskOutputParameter', 'runtimeValue', 'componentInputParameter', 'taskFinalStatus'],
        required: true,
      },
    ],
  },
);

const inputArtifact = message(
  {
    taskOutputArtifact: message(
      { producerTask: text, outputArtifactKey: text },
      { required: ['producerTask', 'outputArtifactKey'] },
    ),
    componentInputArtifact: text,
  },
  { oneOf: [{ fields: ['taskOutputArtifact', 'componentInputArtifact'], required: true }] },
);

const task = message(
  {
    taskInfo: message({ name: text }),
    inputs: message({ parameters: mapOf(inputParameter), artifacts: mapOf(inputArtifact) }),
    dependentTasks: listOf(text),
    cachingOptions: message({ enableCache: flag, cacheKey: text }),
    componentRef: message({ name: text }, { required: ['name'] }),
    triggerPolicy: message({
      condition: text,
      strategy: choice(
        ['TRIGGER_STRATEGY_UNSPECIFIED', 'ALL_UPSTREAM_TASKS_SUCCEEDED', 'ALL_UPSTREAM_TASKS_COMPLETED'],
        true,
      ),
    }),
    artifactIterator: message(
      { items: message({ inputArtifact: text }, { required: ['inputArtifact'] }), itemInput: text },
      { required: ['items', 'itemInput'] },
    ),
    parameterIterator: message(
      {
        items: message(
          { raw: text, inputParameter: text },
          { oneOf: [{ fields: ['raw', 'inputParameter'], required: true }] },
        ),
        itemInput: text,
      },
      { required: ['items', 'itemInput'] },
    ),
    retryPolicy: message({
      maxRetryCount: whole,
      backoffDuration: duration,
      backoffFactor: real,
      backoffMaxDuration: duration,
    }),
    iteratorPolicy: message({ parallelismLimit: whole }),
  },
  {
    required: ['componentRef'],
    oneOf: [{ fields: ['artifactIterator', 'parameterIterator'], required: false }],
  },
);

const parameterSelector = message(
  { producerSubtask: text, outputParameterKey: text },
  { required: ['producerSubtask', 'outputParameterKey'] },
);

const dag = message({
  tasks: mapOf(task),
  outputs: message({
    parameters: mapOf(
      message(
        {
          valueFromParameter: parameterSelector,
          valueFromOneof: message({ parameterSelectors: listOf(parameterSelector) }),
        },
        { oneOf: [{ fields: ['valueFromParameter', 'valueFromOneof'], required: true }] },
      ),
    ),
    artifacts: mapOf(
      message({
        artifactSelectors: listOf(
          message(
            { producerSubtask: text, outputArtifactKey: text },
            { required: ['producerSubtask', 'outputArtifactKey'] },
          ),
        ),
      }),
    ),
  }),
});

const component = message(
  {
    inputDefinitions: ports(parameter, artifact),
    outputDefinitions: ports(
      { type: primitive, parameterType, description: text },
      {
        artifactType,
        properties: mapOf(json),
        customProperties: mapOf(json),
        metadata: struct,
        isArtifactList: flag,
        description: text,
      },
    ),
    dag,
    executorLabel: text,
    singlePlatformSpecs: listOf(struct),
    taskConfigPassthroughs: listOf(
      message(
        {
          field: choice([
            'NONE',
            'RESOURCES',
            'ENV',
            'KUBERNETES_AFFINITY',
            'KUBERNETES_TOLERATIONS',
            'KUBERNETES_NODE_SELECTOR',
            'KUBERNETES_VOLUMES',
          ]),
          applyToTask: flag,
        },
        { required: ['field'] },
      ),
    ),
  },
  { oneOf: [{ fields: ['dag', 'executorLabel'], required: true }] },
);

/** `PipelineSpec`. */
export const pipelineSpec = message(
  {
    pipelineInfo: message({ name: text, displayName: text, description: text }, { required: ['name'] }),
    deploymentSpec: message({ executors: mapOf(executor) }),
    sdkVersion: text,
    schemaVersion: text,
    components: mapOf(component),
    root: component,
    defaultPipelineRoot: text,
  },
  { required: ['pipelineInfo', 'root', 'schemaVersion'] },
);

/** `PlatformSpec`; what platforms other than Kubernetes are told is any JSON. */
export const platformSpec = message({ platforms: mapOf(struct) });

/** What Kubernetes is told: `SinglePlatformSpec`, whose executors are KFP's KubernetesExecutorConfig. */
export const kubernetesPlatform = message({
  deploymentSpec: message({ executors: mapOf(kubernetesExecutorConfig(inputParameter, outputParameter)) }),
  platform: text,
  config: struct,
  pipelineConfig: message({
    resourceTtlOnCompletion: whole,
    resourceTtlOnSuccess: whole,
    resourceTtlOnFailure: whole,
    activeDeadlineSeconds: whole,
    workspace: message({ size: text, kubernetes: message({ pvcSpecPatch: struct }) }),
  }),
});
