import { VirtualClock } from '@gridclock/simulation-kit';
import { expect, it } from 'vitest';
import { dotKey } from '../../src/causality/vector-clock.ts';
import { dotOf, type Write } from '../../src/causality/write.ts';
import { Link } from '../../src/replication/link.ts';
import { RefusedError } from '../../src/replication/transport.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { idleTransport } from '../support/create-node.ts';
import { write } from '../support/sample-write.ts';

it('a peer whose buffer is full gets the write that it waits for, also if that is one of this node', async () => {
  const storage = new MemoryStorage();
  await storage.commit([write('b', 1), { ...write('a', 1), vc: { a: 1, b: 1 } }]);
  const messages: string[][] = [];
  let clock = {};
  const transport = {
    ...idleTransport(),
    // Its buffer has the write of `a`, and no room for more.
    heartbeat: () =>
      idleTransport({ clock, heardOf: { a: 1 }, life: '0123456789abcdef', peers: [] }).heartbeat(),
    replicate: async (writes: readonly Write[]) => {
      messages.push(writes.map((one) => dotKey(dotOf(one))));
      // At first it is starting.
      if (messages.length === 1 || writes[0]?.sender !== 'b') throw new RefusedError();
      clock = { a: 1, b: 1 };
      return clock;
    },
  };
  const scheduler = new VirtualClock();
  const link = new Link({ self: 'b', storage, transport, scheduler, random: () => 0.5 });
  link.start();
  await scheduler.advanceAsync(10_000);
  expect(messages).toEqual([['1@b'], ['1@b', '1@a']]);
  expect(link.lag).toBe(0);
  await link.stop();
});
