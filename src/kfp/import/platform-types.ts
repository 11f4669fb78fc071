import type { Json } from '../../components/definition';
import type { IrTaskParameter } from '../ir/types';

/**
 * `KubernetesExecutorConfig` as kfp-kubernetes writes it. Names of objects stand in two places: those that end in `Parameter`
 * are what newer versions read.
 *
 * @see https://github.com/kubeflow/pipelines/blob/master/kubernetes_platform/proto/kubernetes_executor_config.proto
 */
export interface ExecutorConfig {
  readonly secretAsVolume?: readonly SecretAsVolume[];
  readonly secretAsEnv?: readonly SecretAsEnv[];
  readonly configMapAsVolume?: readonly ConfigMapAsVolume[];
  readonly configMapAsEnv?: readonly ConfigMapAsEnv[];
  readonly pvcMount?: readonly PvcMount[];
  readonly genericEphemeralVolume?: readonly GenericEphemeralVolume[];
  readonly emptyDirMounts?: readonly EmptyDirMount[];
  readonly enabledSharedMemory?: { readonly volumeName?: string; readonly size?: string };
  readonly fieldPathAsEnv?: readonly { readonly name: string; readonly fieldPath: string }[];
  readonly nodeSelector?: { readonly labels?: Labels; readonly nodeSelectorJson?: IrTaskParameter };
  readonly nodeAffinity?: readonly NodeAffinityTerm[];
  readonly podAffinity?: readonly PodAffinityTerm[];
  readonly tolerations?: readonly ImportedToleration[];
  readonly podMetadata?: { readonly labels?: Labels; readonly annotations?: Labels };
  readonly imagePullSecret?: readonly {
    readonly secretName?: string;
    readonly secretNameParameter?: IrTaskParameter;
  }[];
  readonly imagePullPolicy?: string;
  readonly activeDeadlineSeconds?: string | number;
  readonly securityContext?: {
    readonly runAsUser?: string | number;
    readonly runAsGroup?: string | number;
    readonly runAsNonRoot?: boolean;
  };
}

type Labels = Readonly<Record<string, string>>;

interface SecretAsVolume {
  readonly secretName?: string;
  readonly secretNameParameter?: IrTaskParameter;
  readonly mountPath: string;
  readonly optional?: boolean;
}

interface SecretAsEnv {
  readonly secretName?: string;
  readonly secretNameParameter?: IrTaskParameter;
  readonly keyToEnv?: readonly { readonly secretKey: string; readonly envVar: string }[];
  readonly optional?: boolean;
}

interface ConfigMapAsVolume {
  readonly configMapName?: string;
  readonly configMapNameParameter?: IrTaskParameter;
  readonly mountPath: string;
  readonly optional?: boolean;
}

interface ConfigMapAsEnv {
  readonly configMapName?: string;
  readonly configMapNameParameter?: IrTaskParameter;
  readonly keyToEnv?: readonly { readonly configMapKey: string; readonly envVar: string }[];
  readonly optional?: boolean;
}

interface PvcMount {
  readonly constant?: string;
  readonly componentInputParameter?: string;
  readonly taskOutputParameter?: IrTaskParameter['taskOutputParameter'];
  readonly pvcNameParameter?: IrTaskParameter;
  readonly mountPath: string;
  readonly subPath?: string;
}

interface GenericEphemeralVolume {
  readonly volumeName: string;
  readonly mountPath: string;
  readonly accessModes?: readonly string[];
  readonly size: string;
  readonly defaultStorageClass?: boolean;
  readonly storageClassName?: string;
  readonly metadata?: { readonly labels?: Labels; readonly annotations?: Labels };
}

interface EmptyDirMount {
  readonly volumeName: string;
  readonly mountPath: string;
  readonly medium?: string;
  readonly sizeLimit?: string;
}

/** What a label must be. */
export interface SelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** A term of Kubernetes' node affinity; with a weight, a preference. */
export interface NodeAffinityTerm {
  readonly matchExpressions?: readonly SelectorRequirement[];
  readonly matchFields?: readonly SelectorRequirement[];
  readonly weight?: number;
  readonly nodeAffinityJson?: IrTaskParameter;
}

/** A term of Kubernetes' pod affinity. */
export interface PodAffinityTerm {
  readonly matchPodExpressions?: readonly SelectorRequirement[];
  readonly matchPodLabels?: Labels;
  readonly topologyKey?: string;
  readonly namespaces?: readonly string[];
  readonly matchNamespaceExpressions?: readonly SelectorRequirement[];
  readonly matchNamespaceLabels?: Labels;
  readonly weight?: number;
  readonly anti?: boolean;
}

/** A toleration, or a value that gives some. */
export interface ImportedToleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: string | number;
  readonly tolerationJson?: IrTaskParameter;
}

/** A configuration, as the document has it. */
export function executorConfig(config: Readonly<Record<string, Json>>): ExecutorConfig {
  return config as unknown as ExecutorConfig;
}
