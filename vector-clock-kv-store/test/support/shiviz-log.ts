import { z } from 'zod';
import type { Stamped } from '../../src/verification/space-time/exactness.ts';

const clock = z.record(z.string(), z.number());

/** Reads a log file as ShiViz does: the first line says how, the second is the delimiter of executions. */
export function readShivizLog(text: string): (Stamped & { event: string })[] {
  const [pattern = '', delimiter, ...lines] = text.split('\n');
  if (delimiter !== '') throw new Error('the second line must be empty: one execution');
  const found = [...lines.join('\n').matchAll(new RegExp(pattern, 'g'))];
  const left = lines.join('\n').replaceAll(new RegExp(pattern, 'g'), '').trim();
  if (left !== '') throw new Error(`not all of the log can be read: ${left}`);
  return found.map(({ groups }) => ({
    host: groups?.host ?? '',
    clock: clock.parse(JSON.parse(groups?.clock ?? '')),
    event: groups?.event ?? '',
  }));
}
