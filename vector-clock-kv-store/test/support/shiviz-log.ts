import { z } from 'zod';
import type { ClockedEvent } from '../../src/verification/space-time/exactness.ts';

const clock = z.record(z.string(), z.number());

/** Parses a log file as ShiViz does: the first line is the parser, the second separates executions. */
export function readShivizLog(text: string): (ClockedEvent & { event: string })[] {
  const [pattern = '', delimiter, ...lines] = text.split('\n');
  if (delimiter !== '') throw new Error('the second line must be empty, because there is one execution');
  const found = [...lines.join('\n').matchAll(new RegExp(pattern, 'g'))];
  const rest = lines.join('\n').replaceAll(new RegExp(pattern, 'g'), '').trim();
  if (rest !== '') throw new Error(`these lines do not match the parser: ${rest}`);
  return found.map(({ groups }) => ({
    host: groups?.host ?? '',
    clock: clock.parse(JSON.parse(groups?.clock ?? '')),
    event: groups?.event ?? '',
  }));
}
