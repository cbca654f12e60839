import type { Message } from '../dialect/message-form.ts';
import type { Bench } from '../system/bench.ts';
import { expectShown, put, send } from './deliveries.ts';
import type { Probe, ProbeRun } from './probe.ts';

export const convergence: Probe = {
  property: 'convergence',
  summary: 'two nodes write a key concurrently; every node gets the two writes, in another order',
  async run(run) {
    const writer = await run.bench();
    const own = await put(run, writer, 'x', 'mine');
    const other = writer.peers[0]?.id ?? '';
    const theirs: Message = { sender: other, key: 'x', value: 'theirs', vc: { [other]: 1 } };
    const shown = new Map([
      [`${writer.id}, which wrote "mine" itself`, await valueAfter(run, writer, [theirs])],
    ]);
    for (const order of [
      [own, theirs],
      [theirs, own],
    ]) {
      const bench = await run.bench({ index: 2 });
      const name = `${bench.id}, which got ${order.map(({ value }) => `"${value}"`).join(' before ')}`;
      shown.set(name, await valueAfter(run, bench, order));
    }
    const values = new Set([...shown.values()].map((value) => JSON.stringify(value)));
    run.check(
      values.size === 1,
      'all of them show the same value of x',
      [...shown].map(([name, value]) => `${JSON.stringify(value)} at ${name}`).join('; '),
    );
  },
};

/** Sends messages, and reads x once the last of all has certainly been applied. */
async function valueAfter(run: ProbeRun, bench: Bench, messages: readonly Message[]): Promise<unknown> {
  for (const message of messages) await send(run, bench, message);
  const sender = messages.find(({ sender: id }) => bench.ids.includes(id))?.sender ?? '';
  const marker: Message = { sender, key: 'marker', value: 'applied', vc: { [sender]: 2 } };
  await send(run, bench, marker);
  await expectShown(run, bench, marker);
  const { value } = await bench.client.get('x');
  run.step(`get x at ${bench.id}`, value);
  return Array.isArray(value) ? value.toSorted() : value;
}
