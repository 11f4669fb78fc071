const EXTENSIONS = 'type.googleapis.com/envoy.extensions';
const FILTERS = `${EXTENSIONS}.filters.http`;

/** The headers that gRPC needs of a browser. */
const REQUEST_HEADERS = [
  'keep-alive',
  'user-agent',
  'cache-control',
  'content-type',
  'content-transfer-encoding',
  'custom-header-1',
  'x-accept-content-transfer-encoding',
  'x-accept-response-streaming',
  'x-user-agent',
  'x-grpc-web',
  'grpc-timeout',
];

/** How the proxy speaks TLS: with whom it proxies for, and with who asks it. */
export interface EnvoyTls {
  /** Where the certificate is mounted. */
  readonly folder: string;
  /** The name in the metadata store's certificate. */
  readonly serverName: string;
}

/**
 * The configuration of the proxy before the metadata store: browsers' gRPC in, gRPC out.
 *
 * @see https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/grpc_web/v3/grpc_web.proto
 */
export function envoyConfiguration(tls?: EnvoyTls): object {
  return {
    admin: {
      access_log: {
        name: 'admin_access',
        typed_config: typed(`${EXTENSIONS}.access_loggers.file.v3.FileAccessLog`, { path: '/tmp/admin_access.log' }),
      },
      address: address('0.0.0.0', 9901),
    },
    static_resources: { listeners: [listener(tls)], clusters: [cluster(tls)] },
  };
}

function listener(tls: EnvoyTls | undefined): object {
  const manager = `${EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager`;
  return {
    name: 'listener_0',
    address: address('0.0.0.0', 9090),
    filter_chains: [
      {
        ...(tls && { transport_socket: serverSocket(tls) }),
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: typed(manager, {
              codec_type: 'auto',
              stat_prefix: 'ingress_http',
              route_config: { name: 'local_route', virtual_hosts: [virtualHost()] },
              http_filters: [
                filter('envoy.filters.http.grpc_web', `${FILTERS}.grpc_web.v3.GrpcWeb`),
                filter('envoy.filters.http.cors', `${FILTERS}.cors.v3.Cors`),
                filter('envoy.filters.http.router', `${FILTERS}.router.v3.Router`),
              ],
            }),
          },
        ],
      },
    ],
  };
}

function virtualHost(): object {
  return {
    name: 'local_service',
    domains: ['*'],
    routes: [
      {
        match: { prefix: '/' },
        route: { cluster: 'metadata-cluster', max_stream_duration: { grpc_timeout_header_max: '0s' } },
        typed_per_filter_config: {
          'envoy.filter.http.cors': typed(`${FILTERS}.cors.v3.CorsPolicy`, {
            allow_origin_string_match: [{ safe_regex: { regex: '.*' } }],
            allow_methods: 'GET, PUT, DELETE, POST, OPTIONS',
            allow_headers: REQUEST_HEADERS.join(','),
            max_age: '1728000',
            expose_headers: 'custom-header-1,grpc-status,grpc-message',
          }),
        },
      },
    ],
  };
}

function cluster(tls: EnvoyTls | undefined): object {
  const options = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  return {
    name: 'metadata-cluster',
    connect_timeout: '30.0s',
    type: 'logical_dns',
    typed_extension_protocol_options: {
      [options]: typed(`type.googleapis.com/${options}`, { explicit_http_config: { http2_protocol_options: {} } }),
    },
    lb_policy: 'round_robin',
    load_assignment: {
      cluster_name: 'metadata-grpc',
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address('metadata-grpc-service', 8080) } }] }],
    },
    ...(tls && { transport_socket: clientSocket(tls) }),
  };
}

function serverSocket({ folder }: EnvoyTls): object {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed(`${EXTENSIONS}.transport_sockets.tls.v3.DownstreamTlsContext`, {
      common_tls_context: {
        alpn_protocols: ['h2', 'http/1.1'],
        tls_certificates: [
          {
            certificate_chain: { filename: `${folder}/tls.crt` },
            private_key: { filename: `${folder}/tls.key` },
          },
        ],
      },
      require_client_certificate: false,
    }),
  };
}

function clientSocket({ folder, serverName }: EnvoyTls): object {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: typed(`${EXTENSIONS}.transport_sockets.tls.v3.UpstreamTlsContext`, {
      sni: serverName,
      common_tls_context: {
        validation_context: {
          trusted_ca: { filename: `${folder}/ca.crt` },
          match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: serverName } }],
        },
      },
    }),
  };
}

function filter(name: string, type: string): object {
  return { name, typed_config: typed(type, {}) };
}

function typed(type: string, fields: object): object {
  return { '@type': type, ...fields };
}

function address(host: string, port: number): object {
  return { socket_address: { address: host, port_value: port } };
}
