import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { noTotals, type Totals } from '../../substation_service/session-records.ts';
import { storedTotals } from '../../substation_service/stored-totals.ts';

/** A substation that counts, on a disk whose commits the test ends. */
function start() {
  const clock = new VirtualClock();
  const substation: { totals: Totals } = { totals: noTotals };
  const commits: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  const flushed = () => new Promise<void>((resolve, reject) => commits.push({ resolve, reject }));
  const accept = () => {
    substation.totals = { ...substation.totals, accepted: substation.totals.accepted + 1 };
  };
  return { accept, clock, commits, read: storedTotals(substation, flushed, clock) };
}

describe('storedTotals', () => {
  it('returns what was counted before the reading, once it is on disk', async () => {
    const { accept, commits, read } = start();
    accept();
    const reading = read();
    accept();
    commits[0]?.resolve();
    expect((await reading).accepted).toBe(1);
  });

  it('returns the last stored counts while the disk fails or hangs', async () => {
    const { accept, clock, commits, read } = start();
    accept();
    const failing = read();
    commits[0]?.reject(new Error('no space left'));
    expect((await failing).accepted).toBe(0);
    const hanging = read();
    await clock.advanceAsync(1_000);
    expect((await hanging).accepted).toBe(0);
    const later = read();
    commits[2]?.resolve();
    expect((await later).accepted).toBe(1);
  });
});
