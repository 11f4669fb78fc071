import { gunzipSync } from 'node:zlib';
import type { Json } from '../components/definition';

/** What is read of a Workflow that ran, as `kubectl get workflow -o json` prints it. */
export interface WorkflowObject {
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: WorkflowSpec & { readonly workflowTemplateRef?: { readonly name?: string } };
  readonly status?: {
    readonly phase?: string;
    readonly startedAt?: string;
    readonly finishedAt?: string;
    readonly nodes?: Readonly<Record<string, WorkflowNode>>;
    readonly compressedNodes?: string;
    readonly offloadNodeStatusVersion?: string;
    readonly storedTemplates?: Readonly<Record<string, WorkflowTemplateObject>>;
    readonly storedWorkflowTemplateSpec?: WorkflowSpec;
  };
}

/** A workflow's spec, its own or that of the template which it runs. */
interface WorkflowSpec {
  readonly arguments?: { readonly parameters?: readonly NamedText[] };
  readonly templates?: readonly WorkflowTemplateObject[];
}

/** One of the templates that nodes run. */
export interface WorkflowTemplateObject {
  readonly name: string;
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly inputs?: { readonly artifacts?: readonly { readonly name: string }[] };
  readonly outputs?: { readonly artifacts?: readonly { readonly name: string }[] };
  readonly dag?: { readonly tasks: readonly { readonly name: string; readonly template?: string }[] };
  readonly container?: { readonly env?: readonly { readonly name: string; readonly value?: string }[] };
}

/** What a run did at one place. */
export interface WorkflowNode {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly type: string;
  readonly phase?: string;
  readonly templateName?: string;
  readonly boundaryID?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly nodeFlag?: { readonly retried?: boolean };
  readonly memoizationStatus?: { readonly hit?: boolean };
  readonly inputs?: { readonly parameters?: readonly NamedText[] };
  readonly outputs?: { readonly parameters?: readonly NamedText[] };
}

/** A parameter of a node or of a run. */
export interface NamedText {
  readonly name: string;
  readonly value?: string | number | boolean;
}

/** The templates of a run, by name. */
export function templatesOf({ spec, status }: WorkflowObject): ReadonlyMap<string, WorkflowTemplateObject> {
  const all = [
    ...Object.values(status?.storedTemplates ?? {}),
    ...(spec?.templates ?? []),
    ...(status?.storedWorkflowTemplateSpec?.templates ?? []),
  ];
  return new Map(all.map((template) => [template.name, template]));
}

/**
 * The nodes of a run. Argo compresses those of a large one.
 *
 * @throws where they are in a database of Argo's, and not in the object
 */
export function nodesOf({ status = {} }: WorkflowObject): readonly WorkflowNode[] {
  const { nodes, compressedNodes, offloadNodeStatusVersion } = status;
  if (nodes) return Object.values(nodes);
  if (compressedNodes) {
    const text = gunzipSync(Buffer.from(compressedNodes, 'base64')).toString('utf8');
    return Object.values(JSON.parse(text) as Record<string, WorkflowNode>);
  }
  if (offloadNodeStatusVersion)
    throw new TypeError("the Workflow's nodes are in Argo's database, and not in the object");
  return [];
}

/** The arguments of a run: its own over the defaults of what it runs. */
export function argumentsOf({ spec, status }: WorkflowObject): readonly NamedText[] {
  const given = [
    ...(status?.storedWorkflowTemplateSpec?.arguments?.parameters ?? []),
    ...(spec?.arguments?.parameters ?? []),
  ];
  return [...new Map(given.map((parameter) => [parameter.name, parameter])).values()];
}

/** True for what is a Workflow, whatever is in it. */
export function isWorkflow(given: Json | undefined): boolean {
  return typeof given === 'object' && given !== null && (given as { readonly kind?: Json }).kind === 'Workflow';
}
