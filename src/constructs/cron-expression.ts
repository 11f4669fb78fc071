import type { ICron } from './recurring-run';

/** `@daily`, `@every 1h30m`, …: robfig/cron's descriptors, which Argo takes. */
const DESCRIPTOR = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every (\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$/;
const FIELD = /^[\d*/,?LW#A-Za-z-]+$/;

/** A schedule as Argo takes it, or what is wrong with it. */
export interface CronExpression {
  readonly text: string;
  readonly problem?: { readonly message: string; readonly mend: string };
}

/**
 * A schedule as Argo takes it: five fields or a descriptor. KFP's expressions have a field for seconds in front, which
 * Argo cannot honour: 0 is dropped, anything else refused.
 */
export function cronExpression(schedule: ICron | string): CronExpression {
  const text = (typeof schedule === 'string' ? schedule : schedule.expressionString).trim();
  if (DESCRIPTOR.test(text)) return { text };
  const fields = text.split(/\s+/);
  if (!fields.every((field) => FIELD.test(field)) || (fields.length !== 5 && fields.length !== 6)) {
    const message = `the schedule '${text}' is no cron expression`;
    const mend =
      "give five fields (minute, hour, day of month, month, day of week), or '@daily', '@every 10m' and the like";
    return { text, problem: { message, mend } };
  }
  if (fields.length === 5) return { text: fields.join(' ') };
  const [seconds, ...rest] = fields;
  if (seconds === '0' || seconds === '00') return { text: rest.join(' ') };
  const message = `the schedule '${text}' has six fields and starts at second '${seconds}'`;
  return { text, problem: { message, mend: 'Argo starts runs on the minute: the first of six fields must be 0' } };
}
