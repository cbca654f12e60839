import { VirtualClock } from '@gridclock/simulation-kit';
import { expect, it } from 'vitest';
import { RETIRED_KEY, retirementValue } from '../../src/causality/retirements.ts';
import type { Write } from '../../src/causality/write.ts';
import { Link } from '../../src/replication/link.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { idleTransport } from '../support/create-node.ts';
import { write } from '../support/sample-write.ts';

it('a node whose id was retired while it was removed sends what it has written since', async () => {
  const retirement = { sender: 'b', key: RETIRED_KEY, value: retirementValue(['a']), vc: { a: 2, b: 1 } };
  const storage = new MemoryStorage();
  await storage.commit([write('a', 1), write('a', 2), retirement]);
  await storage.prune({ a: 2 });
  await storage.commit([{ ...write('a', 3), vc: { a: 3, b: 1 } }]);
  const received: Write[] = [];
  const scheduler = new VirtualClock();
  // Until the write has arrived, the clock omits those of `a`: the retirement implies them.
  const clock = () => (received.length > 0 ? { a: 3, b: 1 } : { b: 1 });
  const transport = {
    ...idleTransport(),
    heartbeat: () => idleTransport({ clock: clock(), life: '0123456789abcdef', peers: [] }).heartbeat(),
    replicate: async (writes: readonly Write[]) => {
      received.push(...writes);
      return clock();
    },
  };
  const link = new Link({ self: 'a', storage, transport, scheduler, random: () => 0.5 });
  link.start();
  await scheduler.advanceAsync(10_000);
  expect(received.map(({ vc }) => vc)).toEqual([{ a: 3, b: 1 }]);
  await link.stop();
});
