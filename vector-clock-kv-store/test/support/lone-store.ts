import { VirtualClock } from '@gridclock/simulation-kit';
import { CausalStore } from '../../src/causal-store.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';

/** The store of a node `a`, with no cluster around it: the test plays its peers. */
export function loneStore(storage = new MemoryStorage(), scheduler = new VirtualClock()): CausalStore {
  return new CausalStore({
    id: 'a',
    storage,
    scheduler,
    bufferCapacity: 10,
    onCommitted() {},
    onFailure(error) {
      throw error;
    },
    wallClock: () => 0,
    observers: [],
  });
}
