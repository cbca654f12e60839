import { z } from 'zod';
import type { ClockedEvent } from '../../src/verification/space-time/exactness.ts';

const clock = z.record(z.string(), z.number());

/** Parses a log file as ShiViz does: the first line is the parser, the second names executions. */
export function readShivizLog(text: string): (ClockedEvent & { event: string })[] {
  const [pattern = '', delimiter = '', ...lines] = text.split('\n');
  const [before = '', name, execution = '', ...others] = lines.join('\n').split(new RegExp(delimiter, 'm'));
  if (before !== '' || others.length > 0) throw new Error('there must be one execution');
  if (!name?.includes('event clocks')) throw new Error(`the log does not say what its clocks are: ${name}`);
  const found = [...execution.matchAll(new RegExp(pattern, 'g'))];
  const rest = execution.replaceAll(new RegExp(pattern, 'g'), '').trim();
  if (rest !== '') throw new Error(`these lines do not match the parser: ${rest}`);
  return found.map(({ groups }) => ({
    host: groups?.host ?? '',
    clock: clock.parse(JSON.parse(groups?.clock ?? '')),
    event: groups?.event ?? '',
  }));
}
