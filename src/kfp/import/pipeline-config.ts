import { Duration } from 'cdk8s';
import type { Json, Passthrough } from '../../components/definition';
import type { RunSettings } from '../../constructs/settings/run-settings';
import type { ClaimProps } from '../../constructs/settings/volume';
import type { Report } from '../ir/checks';
import { pointer } from '../ir/passthrough';
import type { KubernetesPipelineConfig } from '../ir/types';

/** What a document says of a pipeline's runs as a whole. */
export interface ImportedRunSettings {
  readonly props: Pick<RunSettings, 'timeout' | 'retention'> & { readonly workspace?: ClaimProps };
  /** Pointers below `/platform`. */
  readonly kfp: Passthrough;
}

const CONFIG = ['platform', 'platforms', 'kubernetes', 'pipelineConfig'] as const;

/** The workspace, how long runs may take, and how long they are kept. */
export function runSettingsOf(config: KubernetesPipelineConfig, report: Report): ImportedRunSettings {
  const { workspace, activeDeadlineSeconds } = config;
  const after = time(config.resourceTtlOnCompletion);
  const afterSuccess = time(config.resourceTtlOnSuccess);
  const afterFailure = time(config.resourceTtlOnFailure);
  const timeout = time(activeDeadlineSeconds);
  const { accessModes, storageClassName, ...others } = workspace?.kubernetes?.pvcSpecPatch ?? {};
  for (const field of Object.keys(others)) {
    report(
      'KFP1544',
      [...CONFIG, 'workspace', 'kubernetes', 'pvcSpecPatch', field],
      'the workspace’s claim is made without it, as by KFP',
      'leave it out',
      'warning',
    );
  }
  return {
    props: {
      ...(workspace?.size && {
        workspace: {
          size: workspace.size,
          ...(Array.isArray(accessModes) && { accessModes: accessModes as NonNullable<ClaimProps['accessModes']> }),
          ...(typeof storageClassName === 'string' && { storageClass: storageClassName }),
        },
      }),
      ...(timeout && { timeout }),
      ...((after ?? afterSuccess ?? afterFailure) && {
        retention: {
          ...(after && { after }),
          ...(afterSuccess && { afterSuccess }),
          ...(afterFailure && { afterFailure }),
        },
      }),
    },
    kfp: Object.fromEntries(
      Object.entries(others).map(([field, value]) => [
        pointer([...CONFIG, 'workspace', 'kubernetes', 'pvcSpecPatch', field]),
        value as Json,
      ]),
    ),
  };
}

/** Numbers of seconds; none and 0 are no limit. */
function time(seconds: number | string | undefined): Duration | undefined {
  const number = Number(seconds ?? 0);
  return number > 0 ? Duration.seconds(number) : undefined;
}
