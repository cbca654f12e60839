import { loadavg } from 'node:os';
import { readProvenance } from '@gridclock/ui-kit/report';
import { describeMachine } from '../../bench/compare/machine.ts';
import type { Origin } from '../run-data.ts';

/** Describes a run that begins now. */
export async function describeOrigin(now: Date): Promise<Origin> {
  const [{ commit }, machine] = await Promise.all([
    readProvenance('npm run report', [], now),
    describeMachine(),
  ]);
  const [loadBefore = 0] = loadavg();
  return { at: now.toISOString(), commit: commit ?? 'unknown', machine, loadBefore };
}
