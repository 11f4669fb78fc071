import { type Command, Option } from 'commander';
import { KfpClient } from '../../kfp/client/client';
import { seconds } from '../option-values';

/** Options of every command that speaks to a server. */
export interface ServerOptions {
  readonly host?: string;
  readonly namespace?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly uiHost?: string;
  readonly metadataHost?: string;
  readonly allowPlainHttp?: true;
  readonly timeout?: number;
  readonly output: 'text' | 'json';
}

/** Adds the options of every command that speaks to a server. */
export function withServer(command: Command): Command {
  return command
    .option('--host <url>', "the URL of KFP's API or UI (default: KFP_HOST)")
    .option('--namespace <name>', 'the namespace, where KFP serves several users (default: KFP_NAMESPACE)')
    .option(
      '--token-file <file>',
      'the file of the bearer token; it is read for each request (default: KFP_TOKEN_FILE)',
    )
    .option('--ca-file <file>', "the certificate authorities of the server's certificate, PEM (default: KFP_CA_FILE)")
    .option('--ui-host <url>', "the URL of KFP's UI, for links (default: the host)")
    .option('--allow-plain-http', 'send the token over plain HTTP to another machine')
    .option('--timeout <seconds>', 'how long a request may take (default: 60)', seconds)
    .addOption(new Option('-o, --output <form>', 'how it is printed').choices(['text', 'json']).default('text'));
}

/** The client that the options and the environment describe. @throws KfpError */
export function clientOf(options: ServerOptions): KfpClient {
  return KfpClient.fromEnvironment({
    host: options.host,
    namespace: options.namespace,
    token: options.tokenFile === undefined ? undefined : { file: options.tokenFile },
    caFile: options.caFile,
    uiHost: options.uiHost,
    metadataHost: options.metadataHost,
    allowPlainHttp: options.allowPlainHttp,
    timeoutMs: options.timeout === undefined ? undefined : options.timeout * 1000,
  });
}
