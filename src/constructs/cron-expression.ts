import type { ICron } from './recurring-run';

/** `@daily`, `@every 1h30m`, …: robfig/cron's descriptors, which Argo takes. */
const DESCRIPTOR = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every (\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$/;
const FIELD = /^[\d*/,?LW#A-Za-z-]+$/;

/**
 * A schedule as Argo takes it: five fields or a descriptor. KFP's expressions have a field for seconds in front, which
 * Argo cannot honour: 0 is dropped, anything else refused.
 *
 * @throws where the schedule is none
 */
export function cronExpression(path: string, schedule: ICron | string): string {
  const text = (typeof schedule === 'string' ? schedule : schedule.expressionString).trim();
  if (DESCRIPTOR.test(text)) return text;
  const fields = text.split(/\s+/);
  if (!fields.every((field) => FIELD.test(field)) || (fields.length !== 5 && fields.length !== 6)) {
    throw new Error(
      `The schedule '${text}' of '${path}' is no cron expression: give five fields (minute, hour, day of month, month, day of week), or '@daily', '@every 10m' and the like.`,
    );
  }
  if (fields.length === 5) return fields.join(' ');
  const [seconds, ...rest] = fields;
  if (seconds !== '0' && seconds !== '00') {
    throw new Error(
      `The schedule '${text}' of '${path}' has six fields and starts at second '${seconds}': Argo starts runs on the minute, so the first field must be 0.`,
    );
  }
  return rest.join(' ');
}
