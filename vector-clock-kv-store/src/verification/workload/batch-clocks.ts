import type { CausalClient } from '../../causal-client.ts';
import { counterOf, type VectorClock } from '../../causality/vector-clock.ts';
import type { RemovingClient } from '../history/recorder.ts';

/** Returns the clock of each write of a batch, whose last one has the given clock. @param sender the id that made them */
export function batchClocks(last: VectorClock, sender: string, writes: number): VectorClock[] {
  return Array.from({ length: writes }, (_, index) => ({
    ...last,
    [sender]: counterOf(last, sender) - (writes - 1 - index),
  }));
}

/**
 * Returns a client whose batches resolve to the clock of each write, so that `checkRun` looks for all of them. A node responds
 * with the last one only, so the client asks for the node's id afterwards. If that fails, the last clock remains.
 *
 * @param idOf resolves to the id under which the node at a URL makes writes
 */
export function withBatchClocks(
  client: CausalClient,
  idOf: (url: string) => Promise<string | undefined>,
): RemovingClient {
  return {
    put: (key, value, options) => client.put(key, value, options),
    get: (key, options) => client.get(key, options),
    remove: (key, options) => client.remove(key, options),
    putAll: async (writes, options) => {
      const last = await client.putAll(writes, options);
      const sender = await idOf(options?.node ?? '').catch(() => undefined);
      // A node that has lost its disk since has another id, which is not in the clock.
      return sender === undefined || counterOf(last, sender) < writes.length
        ? last
        : batchClocks(last, sender, writes.length);
    },
  };
}
