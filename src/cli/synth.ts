import * as fs from 'node:fs';
import * as path from 'node:path';
import { Command } from 'commander';
import { type AppCommand, appCommand, problem, runApp } from './app-command';

/** The `synth` subcommand. */
export function synthCommand(): Command {
  return new Command('synth')
    .summary('write the manifests of an app, whole or not at all')
    .description(
      'Runs an app and puts its manifests in the place of the ones before. Where the app fails, those stay as they are; ' +
        '`cdk8s synth` has removed them by then.',
    )
    .argument('[app]', "the app's entry file, its cdk8s.yaml or its folder", '.')
    .option('-o, --output <dir>', "folder of the manifests (default: cdk8s.yaml's `output`, else dist)")
    .action(async (app: string, { output }: { readonly output?: string }) => {
      const command = appCommand(app);
      const target = output === undefined ? path.join(command.cwd, command.output) : path.resolve(output);
      for (const file of await synthesise(command, target)) {
        process.stdout.write(`${path.relative(process.cwd(), path.join(target, file))}\n`);
      }
    });
}

/** Runs the app into a folder beside the target, which it then replaces. Returns the files it wrote. */
async function synthesise(app: AppCommand, target: string): Promise<readonly string[]> {
  const fresh = `${target}.${process.pid}.new`;
  const old = `${target}.${process.pid}.old`;
  try {
    fs.mkdirSync(fresh, { recursive: true });
    await runApp(app, { ...process.env, CDK8S_OUTDIR: fresh });
    const files = fs.readdirSync(fresh, { recursive: true, encoding: 'utf8' }).sort();
    const manifests = files.filter((file) => fs.statSync(path.join(fresh, file)).isFile());
    if (manifests.length === 0) {
      throw problem(
        'KFP1438',
        'the app wrote no manifest',
        'call app.synth() at its end, and leave its outdir to cdk8s',
      );
    }
    replace(target, fresh, old);
    return manifests;
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true });
    fs.rmSync(old, { recursive: true, force: true });
  }
}

/** Puts a folder in the place of another, which is kept aside until that has worked. */
function replace(target: string, fresh: string, aside: string): void {
  const replaced = fs.existsSync(target);
  if (replaced) fs.renameSync(target, aside);
  try {
    fs.renameSync(fresh, target);
  } catch (error) {
    if (replaced) fs.renameSync(aside, target);
    throw error;
  }
}
