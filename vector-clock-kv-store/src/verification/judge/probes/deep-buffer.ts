import type { Message } from '../dialect/message-form.ts';
import { UnexpectedResponse } from '../system/contract-client.ts';
import type { Probe } from './probe.ts';

/** Python recurses 1,000 deep, Node.js 5,000 to 10,000, depending on what it has compiled. */
const DEEP = 10_000;

/** So many requests at a time. */
const CONCURRENCY = 16;

export const deepBuffer: Probe = {
  property: 'deep buffer',
  summary: `the messages ${DEEP} to 2 of a sender come, in reverse, and then the first`,
  async run(run) {
    const bench = await run.bench();
    const sender = bench.peers[0]?.id ?? '';
    const numbered = (number: number): Message => ({
      sender,
      key: `key ${number % 10}`,
      value: number,
      vc: { [sender]: number },
    });
    let next = DEEP;
    const work = async () => {
      for (let number = next--; number > 1; number = next--) await bench.client.inject(numbered(number));
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    run.step(`send messages ${DEEP} to 2 of ${sender}`);
    const first = await bench.client.inject(numbered(1)).catch((error: unknown) => error);
    run.step(`send message 1 of ${sender}`, first instanceof Error ? first.message : undefined);
    // Without this, the judge would wait for messages that the node has given up.
    const isBroken = first instanceof UnexpectedResponse && first.status === 500;
    run.check(!isBroken, `${bench.id} accepts message 1`, isBroken ? first.message : undefined);
    let shown: unknown;
    await run.soon(
      async () => {
        if (bench.process.exit !== undefined) return true;
        shown = (await bench.client.get('key 0')).value;
        return shown === DEEP;
      },
      `${bench.id} has applied all of them: key 0 is ${DEEP}`,
      () => shown,
    );
    const exit = bench.process.exit;
    run.check(exit === undefined, `${bench.id} still runs`, exit);
    if (!run.dialect.showsBuffer) return;
    const { buffered } = await bench.client.state();
    run.check(buffered === 0, 'GET /state shows an empty buffer', buffered);
  },
};
