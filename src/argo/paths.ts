/** Where things are in a pod. docs/runtime-contract.md describes them. */

/** The runtime, from its ConfigMap. */
export const RUNTIME_DIR = '/kfp/runtime';
/** The texts of a Python file's components, from their ConfigMap. */
export const COMPONENT_DIR = '/kfp/component';
/** Input artifacts. Apart from the work folder: the engine makes this one root's. */
export const INPUT_DIR = '/kfp/inputs';
/** A writable folder of the pod's own. */
export const WORK_DIR = '/kfp/work';

/** Where a program that follows KFP's contract finds the objects of buckets, by the scheme of their URIs. */
export const OBJECT_DIRS: Readonly<Record<string, string>> = { gs: '/gcs', minio: '/minio', s3: '/s3' };

/** Names of the volumes that every pipeline declares once. */
export const RUNTIME_VOLUME = 'runtime';
export const WORK_VOLUME = 'work';
