import { createClaim, createSuffixedClaim, deleteClaim } from '../../components/claims';
import type { ComponentDefinition } from '../../components/definition';
import { CREATE_CLAIM, DELETE_CLAIM } from '../ir/reserved';
import type { IrContainer, IrTask } from '../ir/types';

/** Images that KFP's backend takes for operations of its own: no pod runs for them. */
const OPERATIONS: Readonly<Record<string, (task: IrTask) => { readonly definition: ComponentDefinition }>> = {
  // A claim of KFP's stays until something deletes it.
  [CREATE_CLAIM]: ({ inputs = {} }) =>
    inputs.parameters?.pvc_name_suffix ? createSuffixedClaim() : createClaim({ keep: true }),
  [DELETE_CLAIM]: () => deleteClaim(),
};

/** The component that an operation on claims is; undefined for any other container. */
export function importClaim({ image }: IrContainer, task: IrTask): ComponentDefinition | undefined {
  return Object.hasOwn(OPERATIONS, image) ? OPERATIONS[image]!(task).definition : undefined;
}

/** True for an operation on claims. */
export function isClaim({ image }: IrContainer): boolean {
  return Object.hasOwn(OPERATIONS, image);
}
