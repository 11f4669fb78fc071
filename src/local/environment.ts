/** Environment variables: what `process.env` is. */
export type Environment = Readonly<Record<string, string | undefined>>;
