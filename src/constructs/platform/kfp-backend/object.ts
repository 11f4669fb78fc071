/** An object of a backend's that is no part of one program. */
export interface KfpObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** True for an object of the whole cluster. */
  readonly cluster?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, unknown>>;
}
