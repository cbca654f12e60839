import { z } from 'zod';
import { linesOf } from '../docker/command.ts';
import type { Project } from '../docker/project.ts';

/** Far fewer than a rush hour has requests: what a service says about itself. */
const MAX_LINES = 20;

const lineSchema = z.object({
  level: z.enum(['info', 'warn', 'error', 'fatal']),
  time: z.iso.datetime().transform((time) => Date.parse(time)),
  msg: z.string(),
});

/**
 * Checks that the services' log lines have levels as words, and that since a time there was no line per request.
 *
 * @param since milliseconds since 1970
 */
export async function expectCalmLogs(
  project: Project,
  services: readonly string[],
  since: number,
): Promise<string> {
  const output = await project.compose('logs', '--no-color', '--no-log-prefix', ...services);
  const lines = linesOf(output).map((line) => ({ line, parsed: lineSchema.safeParse(parseJson(line)).data }));
  const odd = lines.filter(({ parsed }) => parsed === undefined).map(({ line }) => line);
  if (odd.length > 0) throw new Error(`log lines without a level word: ${odd.slice(0, 5).join('\n')}`);
  if (lines.length === 0) throw new Error('no service has logged anything');
  const recent = lines.filter(({ parsed }) => parsed !== undefined && parsed.time >= since);
  if (recent.length > MAX_LINES) {
    const sample = recent.slice(0, 5).map(({ line }) => line);
    throw new Error(`${recent.length} log lines, such as:\n${sample.join('\n')}`);
  }
  return `${recent.length} of ${lines.length} log lines`;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
