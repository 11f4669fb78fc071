import { Command } from 'commander';
import { type Diagnostic, DiagnosticsError, renderDiagnostic } from '../diagnostic';
import { planBindings, staleBindings, writeBindings } from '../python/binding-files';

interface ImportOptions {
  readonly output: string;
  readonly check?: true;
}

/**
 * The `import` subcommand: writes typed bindings of Python files and of components in YAML, or checks with `--check` that they are up to date.
 *
 * Nothing is written where anything is wrong: all diagnostics go to stderr and the exit code is 1.
 */
export function importCommand(): Command {
  return new Command('import')
    .summary('write typed bindings of the components in Python files, or in YAML')
    .description(
      'Reads the functions decorated with @dsl.component in Python files, without running them, and components in YAML, ' +
        'and writes a TypeScript file of typed bindings for each. Commit these files.',
    )
    .argument('<file...>', 'Python files, or YAML of components')
    .option('-o, --output <dir>', 'folder of the bindings', 'imports')
    .option('--check', 'write nothing; fail when bindings are missing or stale')
    .action((files: readonly string[], options: ImportOptions) => {
      try {
        importFiles(files, options);
      } catch (error) {
        if (!(error instanceof DiagnosticsError)) throw error;
        report(error.diagnostics);
        process.exitCode = 1;
      }
    });
}

function importFiles(files: readonly string[], { output, check }: ImportOptions): void {
  const { bindings, warnings } = planBindings(files, output);
  report(warnings);
  if (check) {
    const stale = staleBindings(bindings);
    if (stale.length > 0) throw new DiagnosticsError(stale);
    return;
  }
  writeBindings(bindings);
  for (const { path, components } of bindings) {
    process.stdout.write(`${path}: ${components.join(', ')}\n`);
  }
}

function report(diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) process.stderr.write(`${renderDiagnostic(diagnostic)}\n`);
}
