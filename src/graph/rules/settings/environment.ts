import type { TaskNode } from '../../graph';
import { isRunValue, type Tree, type TreeObject } from '../../settings';
import { isObjectName, type Report } from '../settings';

/** The variables by which pods are told what to do; `KFP_LOG` alone may be set otherwise. */
const OWN = new RegExp(
  `^KFP_(?:(?:INPUT|KEY|URI|FOLDER)_.*|${[
    'ATTEMPT',
    'BRACE',
    'COMPONENT',
    'INPUTS_DIR',
    'PIPELINE',
    'PIPELINE_VERSION',
    'POD_NAME',
    'RUN_ID',
    'RUN_NAME',
    'SCHEDULED_TIME',
    'SKIP_INSTALL',
    'SOURCE',
    'TASK_NAME',
    'TERMINATION_LOG',
    'WORK_DIR',
  ].join('|')})$`,
);

/** Variables have names and values, and come from objects that can exist. */
export function environment({ settings }: TaskNode, report: Report): void {
  for (const variable of settings.env ?? []) {
    const { name } = variable;
    if ('value' in variable && typeof variable.value !== 'string' && !isRunValue(variable.value)) {
      report(`the environment variable '${name}' is ${String(variable.value)}`, 'give it a string');
    }
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      report(`'${name}' cannot be set as an environment variable`, 'use letters, digits and underscores');
    } else if (OWN.test(name)) {
      report(`the library itself uses the environment variable '${name}'`, 'give the variable another name');
    }
    if ('valueFrom' in variable) checkSource(name, variable.valueFrom, report);
  }
  for (const from of settings.envFrom ?? []) {
    const { secretRef, configMapRef } = from as { readonly [kind: string]: TreeObject | undefined };
    checkObject('Secret or ConfigMap', (secretRef ?? configMapRef)?.name, report);
  }
  for (const name of settings.imagePullSecrets ?? []) checkObject('Secret', name, report);
}

function checkSource(variable: string, source: TreeObject, report: Report): void {
  const { secretKeyRef, configMapKeyRef } = source as { readonly [kind: string]: TreeObject | undefined };
  const key = secretKeyRef ?? configMapKeyRef;
  if (!key) return;
  checkObject(secretKeyRef ? 'Secret' : 'ConfigMap', key.name, report);
  if (typeof key.key === 'string' && /^[-._A-Za-z0-9]{1,253}$/.test(key.key)) return;
  report(`'${String(key.key)}' of the variable '${variable}' is no key of a Secret or ConfigMap`, 'name the key');
}

/** An object that is known by name can have that name. */
export function checkObject(kind: string, name: Tree | undefined, report: Report): void {
  if (isRunValue(name) || isObjectName(name)) return;
  report(
    `'${String(name)}' cannot be the name of a ${kind}`,
    'use lower-case letters, digits, hyphens and dots',
    'KFP1241',
  );
}
