import type { Message } from '../dialect/message-form.ts';
import { expectShown, expectWaiting, send } from './deliveries.ts';
import type { Probe } from './probe.ts';

/** `vc[sender] == clock[sender] + 1`. */
export const senderOrder: Probe = {
  property: 'delivery rule',
  summary: 'the second message of a sender comes without its first',
  async run(run) {
    const bench = await run.bench();
    const sender = bench.peers[0]?.id ?? '';
    const second: Message = { sender, key: 'x', value: 'second', vc: { [sender]: 2 } };
    await send(run, bench, second);
    await expectWaiting(run, bench, second);
  },
};

/** `vc[k] <= clock[k]` for every other k. */
export const causesOfOthers: Probe = {
  property: 'delivery rule',
  summary: 'a message comes without its cause, which another node wrote; then a message without causes comes',
  async run(run) {
    const bench = await run.bench();
    const [author, reader] = bench.peers.map(({ id }) => id);
    if (author === undefined || reader === undefined) return;
    const answer: Message = {
      sender: reader,
      key: 'answer',
      value: 'because',
      vc: { [author]: 1, [reader]: 1 },
    };
    await send(run, bench, answer);
    await expectWaiting(run, bench, answer);
    const question: Message = { sender: author, key: 'question', value: 'why?', vc: { [author]: 1 } };
    await send(run, bench, question);
    await expectShown(run, bench, question);
  },
};
