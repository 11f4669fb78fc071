import type { ComponentDefinition, ParameterDefinition, ResourceImplementation } from '../../components/definition';
import type { TaskNode } from '../../graph/graph';
import { CREATE_CLAIM, DELETE_CLAIM } from '../ir/reserved';
import type { WrittenLeaf } from './builder';
import { interfaceOf } from './ports';
import type { ExportProblems } from './problems';
import type { TaskInputs } from './task-inputs';

const text = (optional = true): ParameterDefinition => ({ kind: 'parameter', type: 'STRING', optional });
const dict: ParameterDefinition = { kind: 'parameter', type: 'STRUCT', optional: true };

/** The interface of kfp-kubernetes' CreatePVC. */
const CREATE = {
  access_modes: { kind: 'parameter', type: 'LIST' },
  annotations: dict,
  data_source: dict,
  pvc_name: text(),
  pvc_name_suffix: text(),
  size: text(false),
  storage_class_name: { ...text(), default: '' },
  volume_name: text(),
} as const satisfies Record<string, ParameterDefinition>;

/** What KFP's driver does with claims itself, for components that do it; undefined for any other. */
export function claimLeaf(
  node: TaskNode,
  { inputs: ports, outputs }: ComponentDefinition,
  implementation: ResourceImplementation,
  inputs: TaskInputs,
  problems: ExportProblems,
): WrittenLeaf | undefined {
  const operation = operationOf(ports, implementation);
  if (!operation) return undefined;
  if (operation === 'delete') {
    return {
      component: interfaceOf({ pvc_name: text(false) }, {}),
      executor: { container: { image: DELETE_CLAIM } },
    };
  }
  const given = node.inputs;
  const modes = ports.access_modes?.kind === 'parameter' ? ports.access_modes.default : undefined;
  if (given.access_modes === undefined) inputs.constant('access_modes', modes ?? ['ReadWriteOnce']);
  // KFP's driver needs one of the two.
  if (given.pvc_name === undefined && given.pvc_name_suffix === undefined) {
    inputs.constant('pvc_name_suffix', `-${node.id}`);
  }
  if (given.storage_class_name === undefined) {
    problems.warning(
      'KFP1584',
      node.path,
      "the claim names no storage class, and KFP then takes the one called 'standard'",
      'name the class',
    );
  }
  if (implementation.setOwnerReference) {
    problems.warning(
      'KFP1584',
      node.path,
      'the claim belongs to the run, but KFP keeps it when the run is removed',
      'delete it with deleteClaim() at the end',
    );
  }
  return {
    component: interfaceOf(CREATE, outputs),
    executor: { container: { image: CREATE_CLAIM } },
  };
}

/** By what is done, and not by a name: a component that does the same with more inputs is another one. */
function operationOf(
  inputs: ComponentDefinition['inputs'],
  { action, manifest }: ResourceImplementation,
): 'create' | 'delete' | undefined {
  const { apiVersion, kind } = (manifest ?? {}) as { readonly apiVersion?: unknown; readonly kind?: unknown };
  if (apiVersion !== 'v1' || kind !== 'PersistentVolumeClaim') return undefined;
  const names = Object.keys(inputs);
  if (action === 'create' && names.includes('size') && names.every((name) => Object.hasOwn(CREATE, name)))
    return 'create';
  return action === 'delete' && names.join() === 'pvc_name' ? 'delete' : undefined;
}
