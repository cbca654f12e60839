import { formatClock, isSameClock, put } from './deliveries.ts';
import type { Probe } from './probe.ts';

export const replication: Probe = {
  property: 'replication',
  summary: 'two writes, one after the other, at one node',
  async run(run) {
    const bench = await run.bench();
    for (const [number, value] of ['first', 'second'].entries()) {
      const message = await put(run, bench, 'x', value);
      const clock = { [message.sender]: number + 1 };
      run.check(
        isSameClock(message.vc, clock),
        `the message's clock is ${formatClock(clock)}`,
        formatClock(message.vc),
      );
      let shown: unknown;
      await run.soon(
        async () => {
          shown = (await bench.client.get('x')).value;
          return shown === value;
        },
        `${bench.id} returns x="${value}"`,
        () => shown,
      );
    }
  },
};
