import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { REPLICATION_BATCH } from '../limits.ts';
import type { Storage } from '../storage/storage.ts';
import { takeWithin } from '../storage/take-within.ts';

type LostWritesOptions = {
  /** The id that this node's own writes are counted under. */
  self: NodeId;
  storage: Pick<Storage, 'clock' | 'pruned' | 'retired' | 'log'>;
  /** Whether the peer rejects a write, or one that it depends on. */
  blocks: (write: Write) => boolean;
};

/**
 * Decides which writes were lost on the way to one peer: those that were due at one comparison of clocks and are still
 * missing at the next.
 *
 * A write of another node is lost only if the peer has got nothing new of that node meanwhile: otherwise they are still
 * arriving from elsewhere. Where the peer waits for a write, only that one is sent until it helps, because the peer
 * may have those after it in its buffer.
 */
export class LostWrites {
  readonly #options: LostWritesOptions;
  /** The clock here at the last comparison. */
  #due: VectorClock = zeroClock;
  /** The peer's clock at the last comparison; undefined if whatever is missing counts as lost. */
  #knownBefore: VectorClock | undefined;
  /** The ids whose writes are sent, with the last one that was due. */
  #origins: readonly (readonly [NodeId, number])[] = [];
  /** The ids of which the peer buffers writes, or to which the last batch brought no progress. */
  #waiting: ReadonlySet<NodeId> = new Set();

  constructor(options: LostWritesOptions) {
    this.#options = options;
  }

  /** Counts every write that is missing at the next comparison as lost, because messages may have been. */
  expectAll(): void {
    this.#due = this.#options.storage.clock;
    this.#knownBefore = undefined;
    this.#waiting = new Set();
  }

  /**
   * Begins a comparison.
   *
   * @param clock what the peer has
   * @param heardOf the highest write of each node that has arrived there
   * @param before the clock here when the peer was asked
   * @param accepted the last of this node's own writes that the transport had accepted then: later ones are in flight
   */
  compare(clock: VectorClock, heardOf: VectorClock, before: VectorClock, accepted: number): void {
    const { self } = this.#options;
    const known = this.#knownBefore;
    this.#origins = Object.entries(this.#due)
      .map(([id, due]) => [id, id === self ? Math.min(due, accepted) : due] as const)
      .filter(([id]) => id === self || known === undefined || counterOf(clock, id) <= counterOf(known, id));
    const buffered = Object.keys(heardOf).filter((id) => counterOf(heardOf, id) > counterOf(clock, id));
    const stuck = [...this.#waiting].filter(
      (id) => counterOf(clock, id) <= counterOf(known ?? zeroClock, id),
    );
    this.#waiting = new Set([...buffered, ...stuck]);
    this.#due = before;
    this.#knownBefore = clock;
  }

  /** Returns the next batch of lost writes, in causal order: a clock's sum extends it. */
  next(known: VectorClock): Write[] {
    const { blocks, self, storage } = this.#options;
    const lost = this.#origins
      .filter(([id, due]) => counterOf(known, id) < due)
      // The peer fetches pruned writes itself, with a snapshot.
      .filter(([id]) => counterOf(known, id) >= counterOf(storage.pruned, id))
      .flatMap(([id, due]) => {
        const limit = this.#waiting.has(id) ? { ...REPLICATION_BATCH, writes: 1 } : REPLICATION_BATCH;
        const writes = storage.log(id, counterOf(known, id), limit);
        // This node's own later writes are in flight.
        return id === self ? writes.filter((write) => dotOf(write).counter <= due) : writes;
      })
      .filter((write) => !blocks(write))
      .sort((left, right) => storage.retired.sum(left.vc) - storage.retired.sum(right.vc));
    return takeWithin(REPLICATION_BATCH, lost);
  }

  /**
   * Notes what a batch has brought.
   *
   * @returns whether there was progress: without, the peer may miss a write that is missing here too
   */
  sent(batch: readonly Write[], before: VectorClock, after: VectorClock): boolean {
    const senders = new Set(batch.map(({ sender }) => sender));
    const waiting = [...senders].filter((id) => counterOf(after, id) <= counterOf(before, id));
    const moved = [...senders].filter((id) => !waiting.includes(id));
    this.#waiting = new Set([...this.#waiting, ...waiting].filter((id) => !moved.includes(id)));
    return moved.length > 0;
  }
}
