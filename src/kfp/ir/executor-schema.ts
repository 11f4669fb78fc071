import { flag, json, listOf, mapOf, message, real, struct, text, whole } from './message';

/** The shape of a type of artifacts. */
export const artifactType = message(
  { schemaTitle: text, schemaUri: text, instanceSchema: text, schemaVersion: text },
  { oneOf: [{ fields: ['schemaTitle', 'schemaUri', 'instanceSchema'], required: false }] },
);

/** A constant, or the name of what is read when the task runs; `constantValue` is KFP 1.8's. */
export const valueOrParameter = message(
  { constantValue: struct, runtimeParameter: text, constant: json },
  { oneOf: [{ fields: ['constantValue', 'runtimeParameter', 'constant'], required: true }] },
);

const exec = message({ command: listOf(text), args: listOf(text) });

const container = message(
  {
    image: text,
    command: listOf(text),
    args: listOf(text),
    lifecycle: message({ preCacheCheck: exec }),
    resources: message({
      cpuLimit: real,
      memoryLimit: real,
      cpuRequest: real,
      memoryRequest: real,
      resourceCpuLimit: text,
      resourceMemoryLimit: text,
      resourceCpuRequest: text,
      resourceMemoryRequest: text,
      accelerator: message({ type: text, count: whole, resourceType: text, resourceCount: text }),
    }),
    env: listOf(message({ name: text, value: text }, { required: ['name'] })),
  },
  { required: ['image'] },
);

const importer = message(
  {
    artifactUri: valueOrParameter,
    typeSchema: artifactType,
    properties: mapOf(json),
    customProperties: mapOf(json),
    reimport: flag,
    metadata: struct,
    downloadToWorkspace: flag,
  },
  { required: ['artifactUri', 'typeSchema'] },
);

/** The shape of `ExecutorSpec`. */
export const executor = message(
  { container, importer, resolver: struct, customJob: struct },
  { oneOf: [{ fields: ['container', 'importer', 'resolver', 'customJob'], required: true }] },
);
