import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { renderDiagnostic } from '../diagnostic';
import { printedQuickly } from './quick-yaml';

/** Props of {@link Manifest}. */
export interface ManifestProps {
  readonly apiVersion: string;
  readonly kind: string;
  /** The object's name; a function where it depends on what is synthesised. */
  readonly name: string | (() => string);
  /** The namespace; `'none'` for an object of the whole cluster. @default - the chart's */
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** True where the name says what the object holds: the same object may then stand in several charts. */
  readonly contentAddressed?: boolean;
  /**
   * Everything below the metadata, and further metadata, asked for at synth. No object may occur in it twice: the YAML
   * printer would write the second one as an alias.
   */
  readonly body: () => ManifestBody;
}

/** What a {@link Manifest} holds besides its kind and name. */
export interface ManifestBody {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Top-level fields: `spec`, `data`, … */
  readonly fields: Readonly<Record<string, unknown>>;
  /** True where printing takes much of synth's time. */
  readonly isLong?: boolean;
}

/** Stands for a name that is computed at synth; it is never printed. */
const LATE_NAME = 'computed-at-synth';

/** Per app, which construct took which name: `kind/namespace/name` → construct path. */
const TAKEN = new WeakMap<Construct, Map<string, string>>();

/** Per app, the pairs of constructs that both define kinds: that is said once, and not of each kind. */
const TOLD = new WeakMap<Construct, Set<string>>();

function isFirst(root: Construct, ...paths: readonly string[]): boolean {
  const told = TOLD.get(root) ?? new Set();
  TOLD.set(root, told);
  const pair = paths.map((path) => path.slice(0, path.lastIndexOf('/'))).join(' ');
  const isNew = !told.has(pair);
  told.add(pair);
  return isNew;
}

/**
 * A Kubernetes object whose fields keep the order in which the library writes them: `name` first in every list item.
 * cdk8s itself would sort them. Everything else is cdk8s': metadata, JSON patches, dependencies.
 */
export class Manifest extends ApiObject {
  private readonly ownPatches: JsonPatch[] = [];
  private readonly body: () => ManifestBody;

  public constructor(scope: Construct, id: string, props: ManifestProps) {
    const { name } = props;
    super(scope, id, {
      apiVersion: props.apiVersion,
      kind: props.kind,
      metadata: {
        name: typeof name === 'string' ? name : LATE_NAME,
        ...(props.namespace !== undefined && { namespace: props.namespace === 'none' ? '' : props.namespace }),
        labels: { ...props.labels },
        annotations: { ...props.annotations },
      },
    });
    this.body = props.body;
    if (typeof name === 'string') {
      if (!props.contentAddressed) this.takeName();
    } else {
      Object.defineProperty(this, 'name', { get: name });
      Object.defineProperty(this.metadata, 'name', { get: name });
    }
  }

  public override addJsonPatch(...operations: JsonPatch[]): void {
    this.ownPatches.push(...operations);
  }

  public override toJson(): unknown {
    const { labels, annotations, fields, isLong } = this.body();
    for (const [key, value] of Object.entries(labels ?? {})) this.metadata.addLabel(key, value);
    for (const [key, value] of Object.entries(annotations ?? {})) this.metadata.addAnnotation(key, value);
    const { name: _, namespace, ...metadata } = this.metadata.toJson() as Record<string, unknown>;
    const json = {
      apiVersion: this.apiVersion,
      kind: this.kind,
      metadata: { name: this.name, ...(namespace ? { namespace } : {}), ...metadata },
      ...fields,
    };
    const patched = this.ownPatches.length === 0 ? json : JsonPatch.apply(json, ...this.ownPatches);
    return isLong ? printedQuickly(patched) : patched;
  }

  private takeName(): void {
    const root = this.node.root as Construct;
    const taken = TAKEN.get(root) ?? new Map<string, string>();
    TAKEN.set(root, taken);
    const key = `${this.kind}/${this.metadata.namespace ?? ''}/${this.name}`;
    const other = taken.get(key);
    if (other === undefined) {
      taken.set(key, this.node.path);
      return;
    }
    if (this.kind === 'CustomResourceDefinition' && !isFirst(root, this.node.path, other)) return;
    const diagnostic = { code: 'KFP1301', ...this.isTaken(other) };
    this.node.addValidation({ validate: () => [renderDiagnostic(diagnostic)] });
  }

  private isTaken(other: string): { readonly message: string; readonly mend: string } {
    const { kind, name } = this;
    const same = `the ${kind} '${name}' has the same name as the one of '${other}'`;
    if (kind === 'CustomResourceDefinition') {
      const mend =
        "define kinds once: by `crds: 'external'` of one backend, or by ArgoCrds or KfpCrds in a chart of their own";
      return { message: `${same}: a kind is the whole cluster's`, mend };
    }
    const isWide = this.metadata.namespace === undefined || this.metadata.namespace === '';
    const mend = 'give one of them another `name`';
    return { message: isWide ? `${same}, without a namespace` : `${same} in the same namespace`, mend };
  }
}
