import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { BufferCapacity } from '../causality/causal-buffer.ts';
import type { NodeId } from '../causality/node-id.ts';
import type { DiskState } from '../storage/full-disk.ts';
import type { CommitListener } from '../storage/group-commit.ts';
import type { Storage } from '../storage/storage.ts';
import type { StoreObserver } from './store-observer.ts';

/** What a store needs: its storage, time, and who listens. */
export type CausalStoreOptions = {
  /** The id that this node counts its writes under. */
  id: NodeId;
  /** Recorded on writes, so that other nodes can tell apart two processes that use one id. */
  life?: string;
  storage: Storage;
  /** The disk of the storage; undefined if it has none that could be full. */
  disk?: DiskState | undefined;
  scheduler: Scheduler;
  /** The most writes that may wait for a dependency, and their most bytes of memory. */
  bufferCapacity: BufferCapacity;
  /** Called after every commit with the writes that became visible, in causal order. */
  onCommitted: CommitListener;
  /** Called once, when a storage write fails. The store is unusable from then on. */
  onFailure: (error: unknown) => void;
  /** Milliseconds since 1970. Recorded on writes, so that other nodes can measure their age. */
  wallClock: () => number;
  observers: readonly StoreObserver[];
  /** Returns the ids in the clocks that members have reported; see `IdRoom`. */
  reportedIds?: () => ReadonlySet<NodeId>;
};
