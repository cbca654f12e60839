import type { PeerMode } from '../system/fake-peer.ts';
import { expectSent, put } from './deliveries.ts';
import type { Probe } from './probe.ts';

/** Peers do not take the messages of a write at first. */
function lossOf(mode: Exclude<PeerMode, 'accept'>, how: string): Probe {
  return {
    property: 'loss',
    summary: `peers ${how} the messages of a write at first`,
    async run(run) {
      const bench = await run.bench();
      await put(run, bench, 'before', 'arrives');
      for (const peer of bench.peers) peer.mode = mode;
      await bench.client.put('x', 'lost');
      run.step(`put x="lost" at ${bench.id}, while its peers ${how} messages`);
      // One that sends to its peers in turn tries the first until it takes the message, which is no loss.
      await run.waitFor(async () => bench.peers.every(({ rejected }) => rejected > 0));
      const isLost = async () => bench.peers.some(({ rejected }) => rejected > 0);
      await run.soon(isLost, `${bench.id} sends the message to its peers`);
      for (const peer of bench.peers) peer.mode = 'accept';
      run.step('from now on, peers take messages');
      await expectSent(run, bench, 'x', 'lost');
    },
  };
}

export const brokenConnections = lossOf('cut', 'break the connection on');
export const refusals = lossOf('refuse', 'answer 503 to');
