import { secretReferences } from '../secret-reference';
import type { Program } from './program';
import type { KfpSettings } from './settings';

type Texts = Readonly<Record<string, string>>;

/** Tells a cloud who the programs are that call the object store. */
export function identified(program: Program, { parity, props }: KfpSettings): Program {
  const { workloadIdentity: cloud } = props;
  if (parity || !cloud || !program.calls.includes('object-store')) return program;
  return {
    ...program,
    accountAnnotations: { ...program.accountAnnotations, ...cloud.annotations },
    podLabels: { ...program.podLabels, ...cloud.podLabels },
  };
}

/** What the account of runs says of itself to a cloud, and the registries that its pods may pull from. */
export function runnerFields({ parity, props }: KfpSettings): {
  readonly annotations?: Texts;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
} {
  if (parity) return {};
  const { runner = {}, images, workloadIdentity } = props;
  const { annotations } = runner.workloadIdentity ?? workloadIdentity ?? {};
  const secrets = runner.imagePullSecrets ?? images?.pullSecrets ?? [];
  return {
    annotations: { ...annotations, ...runner.annotations },
    ...(secrets.length > 0 && { imagePullSecrets: secretReferences(secrets) }),
  };
}

/** TensorBoards look into the object store as well. */
export function viewerFields({ parity, props }: KfpSettings): { readonly annotations?: Texts } {
  return parity || !props.workloadIdentity ? {} : { annotations: { ...props.workloadIdentity.annotations } };
}

/** Labels that pods of runs must have to be somebody to a cloud. */
export function runLabels({ parity, props }: KfpSettings): Texts {
  return (!parity && (props.runner?.workloadIdentity ?? props.workloadIdentity)?.podLabels) || {};
}
