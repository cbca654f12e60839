import type { Message } from '../dialect/message-form.ts';
import { expectBuffered, expectShown, expectWaiting, send } from './deliveries.ts';
import type { Probe } from './probe.ts';

export const buffering: Probe = {
  property: 'buffering',
  summary: 'four messages, each the cause of the next, come in reverse',
  async run(run) {
    const bench = await run.bench();
    const [author, reader] = bench.peers.map(({ id }) => id);
    if (author === undefined || reader === undefined) return;
    const chain: Message[] = [
      { sender: author, key: 'x', value: 'first', vc: { [author]: 1 } },
      { sender: author, key: 'x', value: 'second', vc: { [author]: 2 } },
      { sender: reader, key: 'y', value: 'third', vc: { [author]: 2, [reader]: 1 } },
      { sender: author, key: 'z', value: 'last', vc: { [author]: 3, [reader]: 1 } },
    ];
    const [first, second, third, last] = chain;
    if (first === undefined || second === undefined || third === undefined || last === undefined) return;
    for (const early of [last, third, second]) {
      await send(run, bench, early);
      await expectWaiting(run, bench, early);
    }
    await expectBuffered(run, bench, 3);
    await send(run, bench, first);
    for (const message of [second, third, last]) await expectShown(run, bench, message);
    await expectBuffered(run, bench, 0);
  },
};
