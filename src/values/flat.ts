/** The same type, written out: messages of the compiler then show its members instead of the names that made it. */
export type Flat<T> = T extends infer U ? { [K in keyof U]: U[K] } : never;

/** True for `any` alone. */
export type IsAny<T> = 0 extends 1 & T ? true : false;
