/**
 * Frames of gRPC-Web as protobuf's Python library writes them for the messages of ML Metadata, in base64: the answers about a
 * run with a task `train`, a cached one, a loop of two iterations and a branch that is not taken.
 */
export const METADATA_ANSWERS: Readonly<Record<string, string>> = {
  GetContextByTypeAndName: 'AAAAAAkKBwgHGgNydW6AAAAAD2dycGMtc3RhdHVzOjANCg==',
  GetExecutionsByContext:
    'AAAABIsKuwEIrAIYAyoXCgxkaXNwbGF5X25hbWUSBxoFdHJhaW4qVQoHb3V0cHV0cxJKIkgKEwoGT3V0cHV0EgkRAAAAAAAA4D8K' +
    'MQoFd29yZHMSKDImCgMaAWEKCREAAAAAAADwPwoCCAAKAiABCgwqCgoICgFrEgMaAXYqFAoJdGFza19uYW1lEgcaBXRyYWluKhMK' +
    'DXBhcmVudF9kYWdfaWQSAggBOhlzeXN0ZW0uQ29udGFpbmVyRXhlY3V0aW9uCj4IARgDKhIKDGRpc3BsYXlfbmFtZRICGgAqDwoJ' +
    'dGFza19uYW1lEgIaADoTc3lzdGVtLkRBR0V4ZWN1dGlvbgphCAIYBSoWCgxkaXNwbGF5X25hbWUSBhoEbG9hZCoTCgl0YXNrX25h' +
    'bWUSBhoEbG9hZCoTCg1wYXJlbnRfZGFnX2lkEgIIAToZc3lzdGVtLkNvbnRhaW5lckV4ZWN1dGlvbgpnCAQYAiocCgxkaXNwbGF5' +
    'X25hbWUSDBoKZm9yLWxvb3AtMSoZCgl0YXNrX25hbWUSDBoKZm9yLWxvb3AtMSoTCg1wYXJlbnRfZGFnX2lkEgIIAToTc3lzdGVt' +
    'LkRBR0V4ZWN1dGlvbgp+CAUYAiocCgxkaXNwbGF5X25hbWUSDBoKZm9yLWxvb3AtMSoVCg9pdGVyYXRpb25faW5kZXgSAggAKhkK' +
    'CXRhc2tfbmFtZRIMGgpmb3ItbG9vcC0xKhMKDXBhcmVudF9kYWdfaWQSAggEOhNzeXN0ZW0uREFHRXhlY3V0aW9uCmMIBhgEKhcK' +
    'DGRpc3BsYXlfbmFtZRIHGgVzY29yZSoUCgl0YXNrX25hbWUSBxoFc2NvcmUqEwoNcGFyZW50X2RhZ19pZBICCAU6GXN5c3RlbS5D' +
    'b250YWluZXJFeGVjdXRpb24KfggHGAIqHAoMZGlzcGxheV9uYW1lEgwaCmZvci1sb29wLTEqFQoPaXRlcmF0aW9uX2luZGV4EgII' +
    'ASoZCgl0YXNrX25hbWUSDBoKZm9yLWxvb3AtMSoTCg1wYXJlbnRfZGFnX2lkEgIIBDoTc3lzdGVtLkRBR0V4ZWN1dGlvbgqHAQgI' +
    'GAMqFwoMZGlzcGxheV9uYW1lEgcaBXNjb3JlKiIKB291dHB1dHMSFyIVChMKBk91dHB1dBIJEQAAAAAAAABAKhQKCXRhc2tfbmFt' +
    'ZRIHGgVzY29yZSoTCg1wYXJlbnRfZGFnX2lkEgIIBzoZc3lzdGVtLkNvbnRhaW5lckV4ZWN1dGlvbgppCAkYAyodCgxkaXNwbGF5' +
    'X25hbWUSDRoLY29uZGl0aW9uLTEqGgoJdGFza19uYW1lEg0aC2NvbmRpdGlvbi0xKhMKDXBhcmVudF9kYWdfaWQSAggBOhNzeXN0' +
    'ZW0uREFHRXhlY3V0aW9uCmUIChgGKhgKDGRpc3BsYXlfbmFtZRIIGgZkZXBsb3kqFQoJdGFza19uYW1lEggaBmRlcGxveSoTCg1w' +
    'YXJlbnRfZGFnX2lkEgIICToZc3lzdGVtLkNvbnRhaW5lckV4ZWN1dGlvboAAAAAPZ3JwYy1zdGF0dXM6MA0K',
  GetEventsByExecutionIDs:
    'AAAAAE8KEAgLEAIaCAoGEgRkYXRhIAQKEQgLEKwCGggKBhIEZGF0YSADChIIDBCsAhoJCgcSBW1vZGVsIAQKFAgNEKwCGgsKCRIH' +
    'bWV0cmljcyAEgAAAAA9ncnBjLXN0YXR1czowDQo=',
  GetArtifactsByID:
    'AAAAAZgKUAgLGgtzMzovL2IvZGF0YSoTCgxkaXNwbGF5X25hbWUSAxoBeCoaChJzdG9yZV9zZXNzaW9uX2luZm8SBBoCe31CDnN5' +
    'c3RlbS5EYXRhc2V0CqYBCAwaDHMzOi8vYi9tb2RlbCogCgR0YWdzEhgiFgoUCgRsaXN0EgwyCgoDGgFhCgMaAWIqEwoMZGlzcGxh' +
    'eV9uYW1lEgMaAXgqHwoFYWJvdXQSFiIUChIKBWRlcHRoEgkRAAAAAAAACEAqEgoJZnJhbWV3b3JrEgUaA3hnYioaChJzdG9yZV9z' +
    'ZXNzaW9uX2luZm8SBBoCe31CDHN5c3RlbS5Nb2RlbAqaAQgNGg5zMzovL2IvbWV0cmljcyoTCgxkaXNwbGF5X25hbWUSAxoBeCoT' +
    'CgRyb3dzEgsI9P//////////ASoLCgVmaW5hbBICMAEqFQoIYWNjdXJhY3kSCRHD9Shcj8LtPyoaChJzdG9yZV9zZXNzaW9uX2lu' +
    'Zm8SBBoCe30qDAoEbm90ZRIEGgJva0IOc3lzdGVtLk1ldHJpY3OAAAAAD2dycGMtc3RhdHVzOjANCg==',
};

/** The requests for these answers, where the run's id is `RUN`. */
export const METADATA_REQUESTS: Readonly<Record<string, string>> = {
  GetContextByTypeAndName: 'AAAAABkKEnN5c3RlbS5QaXBlbGluZVJ1bhIDUlVO',
  GetExecutionsByContext: 'AAAAAAYIBxICCGQ=',
  GetEventsByExecutionIDs: 'AAAAABUIrAIIAQgCCAQIBQgGCAcICAgJCAo=',
  GetArtifactsByID: 'AAAAAAYICwgMCA0=',
};
