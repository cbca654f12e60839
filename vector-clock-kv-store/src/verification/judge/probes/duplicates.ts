import type { Message } from '../dialect/message-form.ts';
import {
  expectBuffered,
  expectShown,
  expectWaiting,
  formatClock,
  isSameClock,
  put,
  send,
} from './deliveries.ts';
import type { Probe } from './probe.ts';

export const duplicates: Probe = {
  property: 'duplicates',
  summary: 'messages come again: after their delivery, and while they wait',
  async run(run) {
    const bench = await run.bench();
    const sender = bench.peers[0]?.id ?? '';
    const numbered = (number: number): Message => ({
      sender,
      key: 'x',
      value: `value ${number}`,
      vc: { [sender]: number },
    });
    for (const number of [1, 2]) await send(run, bench, numbered(number));
    await expectShown(run, bench, numbered(2));
    for (const number of [1, 2, 1]) await send(run, bench, numbered(number));
    await expectShown(run, bench, numbered(2));
    await expectBuffered(run, bench, 0);
    for (const number of [4, 4]) await send(run, bench, numbered(number));
    await expectWaiting(run, bench, numbered(4), { [sender]: 2 });
    await expectBuffered(run, bench, 1);
    await send(run, bench, numbered(3));
    await expectShown(run, bench, numbered(4));
    await expectBuffered(run, bench, 0);
    const { vc, sender: own } = await put(run, bench, 'own', 'write');
    const clock = { [own]: 1, [sender]: 4 };
    run.check(
      isSameClock(vc, clock),
      `the clock counts each write once: ${formatClock(clock)}`,
      formatClock(vc),
    );
  },
};
