import * as fs from 'node:fs';
import * as path from 'node:path';
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ISecretReference } from './platform/secret-reference';

/** What the command line is told of a backend. */
export interface PublishedBackend {
  /** The construct's path. */
  readonly path: string;
  readonly kind: 'argo' | 'kfp';
  readonly namespace: string;
  /** The namespace that its workflows run in, or one of them. */
  readonly work: string;
  /** The definitions of kinds that it works with: `scheduledworkflows.kubeflow.org`. */
  readonly definitions: readonly string[];
  /** The account of runs, where it brings one. */
  readonly runner?: string;
  /** Keys of Secrets that must exist in its namespace. */
  readonly secrets: readonly ISecretReference[];
  /** Its objects, as they are applied. */
  readonly objects: readonly unknown[];
}

/** The folder of backends, below that of graphs. */
export const BACKENDS = 'backends';

/** Writes what `cdk8s-kfp doctor` looks for, when it runs the app with this variable set. */
export function publishBackend(backend: Construct, about: Omit<PublishedBackend, 'path' | 'objects'>): void {
  const folder = process.env.CDK8S_KFP_GRAPHS;
  if (!folder) return;
  const objects = backend.node
    .findAll()
    .filter((each) => each instanceof ApiObject)
    .map((each) => each.toJson());
  const published: PublishedBackend = { path: backend.node.path, ...about, objects };
  fs.mkdirSync(path.join(folder, BACKENDS), { recursive: true });
  const file = `${backend.node.path.replaceAll('/', '.')}.json`;
  fs.writeFileSync(path.join(folder, BACKENDS, file), JSON.stringify(published));
}
