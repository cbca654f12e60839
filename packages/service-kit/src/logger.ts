import { pino } from 'pino';
import pretty from 'pino-pretty';

/** Writes structured lines; see createLogger. */
export type Logger = pino.Logger;

/**
 * The service's logger, writing to standard output.
 *
 * @param service becomes the `service` field of every line
 * @param level lines below it are left out; `silent` writes none
 * @param format `json` for machines, one object a line; `pretty` for a person at a terminal
 */
export function createLogger(service: string, level = 'info', format: 'json' | 'pretty' = 'json'): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['headers.authorization', '*.headers.authorization', 'err.config', 'err.request', 'err.response'],
  };
  // Synchronous: at its exit pino waits for ever for what an asynchronous stream could not hand to a reader that is gone.
  if (format === 'json') return pino(options, pino.destination({ dest: 1, sync: true }));
  return pino(
    options,
    pretty({
      // Synchronous: the last lines before an exit must not be lost.
      sync: true,
      ignore: 'pid,hostname,service',
      translateTime: 'SYS:HH:MM:ss.l',
      singleLine: true,
      colorize: process.env.NO_COLOR === undefined && process.env.FORCE_COLOR !== undefined,
    }),
  );
}
