import type { VectorClock } from '../../../causality/vector-clock.ts';
import type { Message } from '../dialect/message-form.ts';
import { expectShown, formatClock, isSameClock, put, send } from './deliveries.ts';
import type { Probe } from './probe.ts';

export const clocks: Probe = {
  property: 'clocks',
  summary: 'own writes and deliveries in turn; each own write shows the clock',
  async run(run) {
    const bench = await run.bench();
    const [second, third] = bench.peers.map(({ id }) => id);
    if (second === undefined || third === undefined) return;
    const expectClock = async (key: string, clock: VectorClock) => {
      const { vc } = await put(run, bench, key, 'own');
      run.check(isSameClock(vc, clock), `the write's clock is ${formatClock(clock)}`, formatClock(vc));
    };
    const { sender: own } = await put(run, bench, 'a', 'own');
    const concurrent: Message = { sender: second, key: 'b', value: 'theirs', vc: { [second]: 1 } };
    await send(run, bench, concurrent);
    await expectShown(run, bench, concurrent);
    await expectClock('c', { [own]: 2, [second]: 1 });
    const later: Message = {
      sender: third,
      key: 'd',
      value: 'theirs',
      vc: { [own]: 1, [second]: 1, [third]: 1 },
    };
    await send(run, bench, later);
    await expectShown(run, bench, later);
    await expectClock('e', { [own]: 3, [second]: 1, [third]: 1 });
  },
};
