import { cronExpression } from '../../constructs/cron-expression';
import { kfpProblem } from './errors';
import type { KfpApiTrigger } from './types';

/** When a recurring run starts runs: by cron or by an interval. */
export interface KfpSchedule {
  /**
   * Six fields (second, minute, hour, day of month, month, day of week) as KFP has them; five, as elsewhere, start at second
   * 0. Or `@daily`, `@every 1h30m` and the like. The time zone is the server's.
   */
  readonly cron?: string | undefined;
  /** Seconds between two runs, at least 1. */
  readonly intervalSeconds?: number | undefined;
  /** No run before: a date, or its text (RFC 3339). @default - from now on */
  readonly start?: Date | string | undefined;
  /** No run after. @default - for ever */
  readonly end?: Date | string | undefined;
}

/** The schedule as the server takes it. @throws KfpError where it is none */
export function triggerOf({ cron, intervalSeconds, start, end }: KfpSchedule): KfpApiTrigger {
  const bounds = {
    ...(start !== undefined && { start_time: timestamp('start', start) }),
    ...(end !== undefined && { end_time: timestamp('end', end) }),
  };
  if ((cron === undefined) === (intervalSeconds === undefined)) {
    const message = cron === undefined ? 'there is no schedule' : 'there are two schedules, cron and interval';
    throw kfpProblem('KFP1825', message, 'give one: cron or an interval');
  }
  if (cron !== undefined) return { cron_schedule: { cron: kfpCron(cron), ...bounds } };
  if (!Number.isSafeInteger(intervalSeconds) || intervalSeconds! < 1) {
    throw kfpProblem('KFP1825', `the interval is ${intervalSeconds} seconds`, 'give a whole number of seconds from 1');
  }
  return { periodic_schedule: { interval_second: String(intervalSeconds), ...bounds } };
}

/** KFP reads five fields as if the first were seconds, so these get one. */
function kfpCron(cron: string): string {
  const fields = cron.trim().split(/\s+/);
  const [seconds, ...rest] = fields;
  const { text, problem } = cronExpression(fields.length === 6 ? rest.join(' ') : cron);
  const isSeconds = fields.length !== 6 || /^[\d*/,?-]+$/.test(seconds!);
  if (problem || !isSeconds) {
    const mend = "give five fields, six with seconds in front, or '@daily', '@every 10m' and the like";
    throw kfpProblem('KFP1825', `the schedule '${cron}' is no cron expression`, mend);
  }
  if (text.startsWith('@')) return text;
  return `${fields.length === 6 ? seconds : '0'} ${text}`;
}

function timestamp(what: string, given: Date | string): string {
  const date = new Date(given);
  const isExact =
    typeof given !== 'string' || /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(given);
  if (Number.isNaN(date.getTime()) || !isExact) {
    throw kfpProblem('KFP1825', `the ${what} '${given}' is no time`, 'write it as 2030-01-31T12:00:00Z');
  }
  return date.toISOString();
}

/**
 * The schedule of a recurring run that takes another's place at some time. It begins anew: a start that has passed would be
 * caught up from, once more. An interval keeps its beat.
 */
export function resumed({ cron_schedule, periodic_schedule }: KfpApiTrigger, now: Date): KfpApiTrigger {
  if (cron_schedule) {
    const { start_time, ...rest } = cron_schedule;
    return { cron_schedule: { ...rest, ...(isAfter(start_time, now) && { start_time }) } };
  }
  if (!periodic_schedule) return {};
  const { start_time, ...rest } = periodic_schedule;
  if (start_time === undefined) return { periodic_schedule: rest };
  const beat = Number(rest.interval_second) * 1000;
  const start = Date.parse(start_time);
  const passed = Math.floor((now.getTime() - start) / beat);
  const next = isAfter(start_time, now) || !Number.isFinite(passed) ? start : start + passed * beat;
  return { periodic_schedule: { ...rest, start_time: new Date(next).toISOString() } };
}

function isAfter(time: string | undefined, now: Date): time is string {
  return time !== undefined && Date.parse(time) > now.getTime();
}
