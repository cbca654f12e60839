import { pino } from 'pino';
import pretty from 'pino-pretty';

export type Logger = pino.Logger;

/**
 * Creates a service's logger, which writes to standard output.
 *
 * @param service the field `service` of every line
 * @param level the lowest level that is logged; `silent`: none
 * @param format `json`: one object per line; `pretty`: for a terminal
 * @param mixin returns further fields, for each line
 */
export function createLogger(
  service: string,
  level = 'info',
  format: 'json' | 'pretty' = 'json',
  mixin?: () => Record<string, string>,
): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    // The word, not pino's number: `"level":"info"` is what people and log collectors search for.
    formatters: { level: (level) => ({ level }) },
    ...(mixin === undefined ? {} : { mixin }),
    redact: ['headers.authorization', '*.headers.authorization', 'err.config', 'err.request', 'err.response'],
  };
  // With an async destination, pino hangs at exit when stdout's reader is gone.
  if (format === 'json') return pino(options, pino.destination({ dest: 1, sync: true }));
  return pino(
    options,
    pretty({
      // An async stream would lose the last lines before an exit.
      sync: true,
      ignore: 'pid,hostname,service',
      translateTime: 'SYS:HH:MM:ss.l',
      singleLine: true,
      colorize: process.env.NO_COLOR === undefined && process.env.FORCE_COLOR !== undefined,
    }),
  );
}
