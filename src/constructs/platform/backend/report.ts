import type { Construct } from 'constructs';
import { type Diagnostic, isWarning, renderDiagnostic } from '../../../diagnostic';
import { callSite } from '../../call-site';

/**
 * Warns of what is doubtful about a backend, and has synth say what is wrong with it.
 *
 * @param made the backend's class, `new.target`: whoever called it is named
 * @param publish tells the command line of the backend, when all objects of the app are made
 */
export function report(
  backend: Construct,
  made: Function,
  found: readonly Omit<Diagnostic, 'path' | 'at'>[],
  publish: () => void,
): void {
  const { path } = backend.node;
  const { at } = callSite(made);
  const diagnostics = found.map((each): Diagnostic => ({ ...each, path, ...(at && { at }) }));
  for (const each of diagnostics.filter(isWarning)) console.warn(`warning: ${renderDiagnostic(each)}`);
  const errors = diagnostics.filter((each) => !isWarning(each));
  backend.node.addValidation({
    validate: () => {
      publish();
      return errors.map((each) => renderDiagnostic(each, { withPath: false }));
    },
  });
}
