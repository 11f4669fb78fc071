import { subexpressions } from '../../graph/walk';
import type { Expression } from '../../values/expression';
import type { ExportProblems } from './problems';
import { factOf } from './scope';

/** Reports what KFP has no value for. */
export function refuseExpression(problems: ExportProblems, path: string, reader: string, expression: Expression): void {
  const parts = subexpressions(expression);
  if (parts.some(({ kind }) => kind === 'metric')) {
    problems.error(
      'KFP1562',
      path,
      `${reader} reads a metric of an artifact, which KFP cannot`,
      'let the task that logs the metric return the number as well, and read that',
    );
  } else if (parts.some((part) => part.kind === 'loop' && part.field === 'index')) {
    problems.error(
      'KFP1563',
      path,
      `${reader} reads the index of an iteration, which KFP does not know`,
      'let the items hold it',
    );
  } else if (parts.some(isStatus)) {
    problems.error(
      'KFP1583',
      path,
      `${reader} reads a member of a final status, which KFP gives as a whole`,
      'give the task the final status, and let it read the member',
    );
  } else if (parts.some((part) => part.kind === 'run')) {
    const facts = parts.flatMap((part) => (part.kind === 'run' && factOf(part) === undefined ? [part.field] : []));
    problems.error(
      'KFP1581',
      path,
      `${reader} reads ${facts.length > 0 ? `the run's ${facts.join(', ')}` : 'a fact about the run'}, which KFP does not give there`,
      'make it a parameter of the pipeline',
    );
  } else {
    problems.error(
      'KFP1564',
      path,
      `${reader} is computed when the pipeline runs, and KFP passes values on as they are`,
      'let a task compute it',
    );
  }
}

function isStatus(part: Expression): boolean {
  return part.kind === 'status' || (part.kind === 'run' && part.field === 'finalStatus');
}
