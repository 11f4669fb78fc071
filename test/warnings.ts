/** What the tests of a file are warned of. */
export interface KeptWarnings {
  /** The warnings of a test so far, without the places. */
  all(): string[];
  /** Begins anew. */
  forget(): void;
}

/** Keeps the warnings of each test of a file from the terminal. */
export function keptWarnings(): KeptWarnings {
  let spy: jest.SpyInstance;
  beforeEach(() => {
    spy = jest.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => spy.mockRestore());
  return {
    all: () => spy.mock.calls.map(([text]) => String(text).replace(/\n {4}at .*/, '')),
    forget: () => spy.mockClear(),
  };
}
