import pWaitFor, { TimeoutError } from 'p-wait-for';
import { linesOf } from '../docker/command.ts';
import type { Project } from '../docker/project.ts';

/** The guide first gives Grafana 5 s to appear, which does not run here. */
const GUIDE_TIMEOUT_MS = 30_000;

/** The guide's last line. */
const END = /^\S+ Ctrl-C stops everything/;

/** Waits for the guide's text, as the last lines of the logs of all services, and checks what it names. */
export async function expectGuide(project: Project, expected: readonly string[]): Promise<string> {
  const id = await project.containerOf('guide');
  let lines: string[] = [];
  const printed = async () => {
    lines = linesOf(await project.docker('logs', '--timestamps', id));
    return lines.some((line) => END.test(line));
  };
  await pWaitFor(printed, { interval: 250, timeout: GUIDE_TIMEOUT_MS }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new Error(`the guide printed: ${lines.join('\n')}`) : error;
  });
  const text = lines.join('\n');
  const missing = expected.filter((part) => !text.includes(part));
  if (missing.length > 0) throw new Error(`the guide lacks ${missing.join(', ')}:\n${text}`);
  // The timestamps of one engine have a fixed width, so that they sort as text.
  const firstAt = lines[0]?.split(' ')[0] ?? '';
  const all = linesOf(await project.compose('logs', '--no-color', '--no-log-prefix', '--timestamps'));
  const own = new Set(lines.map((line) => line.trimEnd()));
  const later = all.filter((line) => line > firstAt && !own.has(line.trimEnd()));
  if (later.length > 0) throw new Error(`services log after the guide: ${later.join('\n')}`);
  return `${expected.length} addresses and commands`;
}
