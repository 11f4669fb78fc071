/** A CustomResourceDefinition. */
export interface Crd {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: Record<string, unknown>;
}

/** What a small definition of a kind says. */
export interface CrdKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly scope?: 'Cluster';
  /** What an object has besides its kind and metadata: by name its schema, or undefined for anything. */
  readonly fields: { readonly [field: string]: object | undefined };
  readonly required?: readonly string[];
  /** True where a program writes its status apart from its spec. */
  readonly status?: true;
  readonly columns?: readonly object[];
}

/**
 * The definition of a kind without schemas for what is inside of its objects: under 2 kB, where full ones can be above 1 MB and can be
 * applied by the server alone. The programs that work on the objects check them.
 */
export function minimalCrd({ group, version, kind, fields, ...more }: CrdKind): Crd {
  const singular = kind.toLowerCase();
  const { plural = `${singular}s`, shortNames, categories, scope = 'Namespaced', required, status, columns } = more;
  const names = {
    kind,
    listKind: `${kind}List`,
    plural,
    singular,
    ...(shortNames && { shortNames: [...shortNames] }),
    ...(categories && { categories: [...categories] }),
  };
  const properties = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    ...Object.fromEntries(Object.entries(fields).map(([field, schema]) => [field, schema ?? anything()])),
  };
  return {
    name: `${plural}.${group}`,
    spec: {
      group,
      names,
      scope,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          ...(status && { subresources: { status: {} } }),
          ...(columns && { additionalPrinterColumns: columns.map((column) => ({ ...column })) }),
          schema: { openAPIV3Schema: { type: 'object', properties, ...(required && { required: [...required] }) } },
        },
      ],
    },
  };
}

/** Whatever its program takes; who applies one replaces it as a whole. */
function anything(): object {
  return { type: 'object', 'x-kubernetes-map-type': 'atomic', 'x-kubernetes-preserve-unknown-fields': true };
}
