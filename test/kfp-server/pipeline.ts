/** A compiled pipeline with a group of tasks, a platform's settings and parameters of several types. */
export const PIPELINE = `# PIPELINE DEFINITION
# Name: training
components:
  comp-group:
    dag:
      tasks:
        inner:
          cachingOptions: {}
          componentRef:
            name: comp-train
          taskInfo:
            name: inner
  comp-train:
    executorLabel: exec-train
    outputDefinitions:
      artifacts:
        model:
          artifactType:
            schemaTitle: system.Model
            schemaVersion: 0.0.1
      parameters:
        Output:
          parameterType: NUMBER_DOUBLE
deploymentSpec:
  executors:
    exec-train:
      container:
        command:
        - echo
        image: python:3.11
pipelineInfo:
  description: trains
  name: training
root:
  dag:
    outputs:
      artifacts:
        best:
          artifactSelectors:
          - outputArtifactKey: model
            producerSubtask: train
      parameters:
        accuracy:
          valueFromParameter:
            outputParameterKey: Output
            producerSubtask: train
    tasks:
      group:
        componentRef:
          name: comp-group
        taskInfo:
          name: group
      train:
        cachingOptions:
          cacheKey: mine
          enableCache: true
        componentRef:
          name: comp-train
        taskInfo:
          name: train
  inputDefinitions:
    parameters:
      epochs:
        defaultValue: 3.0
        parameterType: NUMBER_INTEGER
      name:
        parameterType: STRING
      options:
        isOptional: true
        parameterType: STRUCT
  outputDefinitions:
    artifacts:
      best:
        artifactType:
          schemaTitle: system.Model
          schemaVersion: 0.0.1
    parameters:
      accuracy:
        parameterType: NUMBER_DOUBLE
schemaVersion: 2.1.0
sdkVersion: kfp-2.17.0
---
platforms:
  kubernetes:
    deploymentSpec:
      executors:
        exec-train:
          imagePullPolicy: Always
`;
