/** The same type, written out: messages of the compiler then show its members instead of the names that made it. */
export type Flat<T> = T extends infer U ? { [K in keyof U]: U[K] } : never;
