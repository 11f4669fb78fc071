import { Command } from 'commander';
import { experimentCommands } from './kfp/experiments';
import { pipelineCommands } from './kfp/pipelines';
import { recurringCommands } from './kfp/recurring';
import { runCommands } from './kfp/runs';

const ENVIRONMENT = `
Environment: KFP_HOST (or KF_PIPELINES_ENDPOINT), KFP_NAMESPACE, KFP_TOKEN, KFP_TOKEN_FILE (or KF_PIPELINES_SA_TOKEN_PATH),
KFP_CA_FILE, KFP_UI_HOST (or KF_PIPELINES_UI_ENDPOINT), KFP_METADATA_HOST. Options stand above them. A token is read from the
environment or a file, never from the command line, which others can see.

Exit codes: 0 done, 1 refused, or the run that was waited for failed, 2 the command line is wrong, 130 stopped by Ctrl-C.
Ctrl-C while a run is waited for ends the wait, not the run.`;

/** `cdk8s-kfp kfp`: drives a KFP server. */
export function kfpCommand(): Command {
  const command = new Command('kfp')
    .summary('drive a KFP server: upload, run, wait, schedule')
    .description('Drive a server of Kubeflow Pipelines by its REST API, v2beta1.')
    .exitOverride()
    .enablePositionalOptions()
    .addHelpText('after', ENVIRONMENT);
  pipelineCommands(command);
  runCommands(command);
  experimentCommands(command);
  recurringCommands(command);
  return command;
}
