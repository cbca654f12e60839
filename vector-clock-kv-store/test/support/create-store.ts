import { VirtualClock } from '@gridclock/simulation-kit';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { CausalStore } from '../../src/store/causal-store.ts';
import type { CausalStoreOptions } from '../../src/store/causal-store-options.ts';

/** Creates the store of node `a`, without a cluster: the test plays its peers. Options override the defaults. */
export function createStore(options: Partial<CausalStoreOptions> = {}): CausalStore {
  return new CausalStore({
    id: 'a',
    storage: new MemoryStorage(),
    scheduler: new VirtualClock(),
    bufferCapacity: { writes: 10, bytes: 1e9 },
    onCommitted() {},
    onFailure(error) {
      throw error;
    },
    wallClock: () => 0,
    observers: [],
    ...options,
  });
}
