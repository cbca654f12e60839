import { dotKey } from '../../../causality/vector-clock.ts';
import { dotOf } from '../../../causality/write.ts';
import type { ReceivedMessage } from '../system/fake-peer.ts';
import { put } from './deliveries.ts';
import type { Probe } from './probe.ts';

export const restart: Probe = {
  property: 'restart',
  summary: 'a node with DATA_DIR writes, is killed with SIGKILL, starts again and writes again',
  async run(run) {
    const bench = await run.bench({ hasDisk: true });
    const before: ReceivedMessage[] = [];
    for (const number of [1, 2, 3]) before.push(await put(run, bench, `key ${number}`, `value ${number}`));
    await bench.restart();
    run.step(`kill ${bench.id} with SIGKILL and start it again`);
    const kept = async () => {
      const values = await Promise.all(before.map(async ({ key }) => (await bench.client.get(key)).value));
      return values.filter((value, index) => value === before[index]?.value).length;
    };
    let count = 0;
    await run.waitFor(async () => {
      count = await kept();
      return true;
    });
    run.step(`of ${before.length} acknowledged writes, it still has`, count);
    if (count === 0) run.note('keeps no writes over a restart, so its durability was not judged');
    else run.check(count === before.length, 'no acknowledged write is lost', `${count} of ${before.length}`);
    // A node may first have to catch up, which its peers cannot help with.
    await run.waitFor(async () => {
      await bench.client.put('later', 'value 4');
      return true;
    });
    const after = await put(run, bench, 'last', 'value 5');
    const used = new Set(before.map((message) => dotKey(dotOf(message))));
    const counter = after.vc[after.sender] ?? 0;
    const isReused = bench.peers.some(({ received }) =>
      received.some(
        (message) => (message.key === 'later' || message.key === 'last') && used.has(dotKey(dotOf(message))),
      ),
    );
    run.check(
      !isReused,
      `no number of a write before the restart is used again by ${after.sender}`,
      `its second write now is number ${counter}`,
    );
  },
};
