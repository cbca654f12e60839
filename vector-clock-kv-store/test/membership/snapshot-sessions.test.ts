import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import {
  SnapshotSessions,
  SnapshotsBusyError,
  UnknownMarkError,
} from '../../src/membership/snapshot-sessions.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { write } from '../support/sample-write.ts';

/** Half a page, so that three of them need two pages. */
const large = 'v'.repeat(600 * 1024);

async function sessionsOf(keys: number) {
  const storage = new MemoryStorage();
  for (let n = 1; n <= keys; n++) await storage.commit([write('a', n, `k${n}`, large)]);
  const time = new VirtualClock();
  let drawn = 0;
  const random = () => ++drawn / 1_000;
  return { storage, time, sessions: new SnapshotSessions({ storage, scheduler: time, random }) };
}

describe('SnapshotSessions', () => {
  it('sends all pages of one moment, and closes the snapshot after the last', async () => {
    const { storage, sessions } = await sessionsOf(3);
    const first = sessions.page(undefined);
    await storage.commit([write('a', 4, 'k3', 'new')]);
    const second = sessions.page(first.next);
    expect([...first.keys, ...second.keys].map(([key, [version]]) => [key, version?.value])).toEqual([
      ['k1', large],
      ['k2', large],
      ['k3', large],
    ]);
    expect([first.clock, second.clock]).toEqual([{ a: 3 }, { a: 3 }]);
    expect(second.next).toBeUndefined();
    expect(sessions.open).toBe(0);
  });

  it('sends a page again if its response was lost', async () => {
    const { sessions } = await sessionsOf(5);
    const first = sessions.page(undefined);
    const second = sessions.page(first.next);
    expect(sessions.page(first.next)).toEqual(second);
  });

  it('closes an idle snapshot: its marks are unknown then', async () => {
    const { sessions, time } = await sessionsOf(3);
    const { next } = sessions.page(undefined);
    time.advance(30_000);
    expect(sessions.open).toBe(0);
    expect(() => sessions.page(next)).toThrow(UnknownMarkError);
  });

  it.each(['nonsense', '00000000.0', '.', '00418937.7'])('rejects the unknown mark %s', async (mark) => {
    const { sessions } = await sessionsOf(3);
    sessions.page(undefined);
    expect(() => sessions.page(mark)).toThrow(UnknownMarkError);
  });

  it('opens at most four at once, but replaces one whose reader is gone', async () => {
    const { sessions, time } = await sessionsOf(3);
    const first = sessions.page(undefined);
    for (let n = 2; n <= 4; n++) sessions.page(undefined);
    expect(() => sessions.page(undefined)).toThrow(SnapshotsBusyError);
    time.advance(5_000);
    expect(sessions.page(undefined).keys).toHaveLength(2);
    expect(sessions.open).toBe(4);
    expect(() => sessions.page(first.next)).toThrow(UnknownMarkError);
    sessions.close();
    expect(sessions.open).toBe(0);
  });
});
