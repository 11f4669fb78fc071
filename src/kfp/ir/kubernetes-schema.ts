import { flag, listOf, mapOf, message, type Shape, text, whole } from './message';

/**
 * The shape of `KubernetesExecutorConfig`: what the pods of an executor are told.
 *
 * @param parameter the shape of where an input parameter comes from
 * @param output the shape of an output parameter of a task
 * @see https://github.com/kubeflow/pipelines/blob/master/kubernetes_platform/proto/kubernetes_executor_config.proto
 */
export function kubernetesExecutorConfig(parameter: Shape, output: Shape): Shape {
  const metadata = message({ labels: mapOf(text), annotations: mapOf(text) });
  const requirements = listOf(message({ key: text, operator: text, values: listOf(text) }));
  return message({
    secretAsVolume: listOf(
      message({ secretName: text, mountPath: text, optional: flag, secretNameParameter: parameter }),
    ),
    secretAsEnv: listOf(
      message({
        secretName: text,
        keyToEnv: listOf(message({ secretKey: text, envVar: text })),
        optional: flag,
        secretNameParameter: parameter,
      }),
    ),
    configMapAsVolume: listOf(
      message({ configMapName: text, mountPath: text, optional: flag, configMapNameParameter: parameter }),
    ),
    configMapAsEnv: listOf(
      message({
        configMapName: text,
        keyToEnv: listOf(message({ configMapKey: text, envVar: text })),
        optional: flag,
        configMapNameParameter: parameter,
      }),
    ),
    pvcMount: listOf(
      message(
        {
          taskOutputParameter: output,
          constant: text,
          componentInputParameter: text,
          mountPath: text,
          pvcNameParameter: parameter,
          subPath: text,
        },
        { oneOf: [{ fields: ['taskOutputParameter', 'constant', 'componentInputParameter'], required: false }] },
      ),
    ),
    genericEphemeralVolume: listOf(
      message({
        volumeName: text,
        mountPath: text,
        accessModes: listOf(text),
        size: text,
        defaultStorageClass: flag,
        storageClassName: text,
        metadata,
      }),
    ),
    emptyDirMounts: listOf(message({ volumeName: text, mountPath: text, medium: text, sizeLimit: text })),
    enabledSharedMemory: message({ volumeName: text, size: text }),
    nodeSelector: message({ labels: mapOf(text), nodeSelectorJson: parameter }),
    nodeAffinity: listOf(
      message({
        matchExpressions: requirements,
        matchFields: requirements,
        weight: whole,
        nodeAffinityJson: parameter,
      }),
    ),
    podAffinity: listOf(
      message({
        matchPodExpressions: requirements,
        matchPodLabels: mapOf(text),
        topologyKey: text,
        namespaces: listOf(text),
        matchNamespaceExpressions: requirements,
        matchNamespaceLabels: mapOf(text),
        weight: whole,
        anti: flag,
      }),
    ),
    tolerations: listOf(
      message({
        key: text,
        operator: text,
        value: text,
        effect: text,
        tolerationSeconds: whole,
        tolerationJson: parameter,
      }),
    ),
    podMetadata: metadata,
    imagePullSecret: listOf(message({ secretName: text, secretNameParameter: parameter })),
    imagePullPolicy: text,
    activeDeadlineSeconds: whole,
    fieldPathAsEnv: listOf(message({ name: text, fieldPath: text })),
    securityContext: message({ runAsUser: whole, runAsGroup: whole, runAsNonRoot: flag }),
    initContainers: listOf(
      message({
        name: text,
        image: text,
        command: listOf(text),
        args: listOf(text),
        env: listOf(message({ name: text, value: text })),
        volumeMounts: listOf(message({ volumeName: text, mountPath: text })),
        restartPolicy: text,
        resources: message({ requests: mapOf(text), limits: mapOf(text) }),
      }),
    ),
    podResourceClaims: listOf(message({ resourceClaimTemplateName: text, resourceClaimJson: parameter })),
  });
}
