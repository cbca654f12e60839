import { writeMemoryBytes } from './memory-size.ts';
import type { NodeId } from './node-id.ts';
import { type Dot, dotKey, missingDependency, type VectorClock } from './vector-clock.ts';
import { dotOf, type Write } from './write.ts';

/** The most writes that a buffer holds, and the most bytes of memory that they take. */
export type BufferCapacity = { writes: number; bytes: number };

/** A buffered write, the memory that it takes, and the dependency that it is indexed by. */
type Buffered = { write: Write; bytes: number; missing: Dot };

/**
 * Buffers writes that arrived before one of their dependencies.
 *
 * Each write is indexed by one dependency it is missing. Delivering that dependency looks only at the writes
 * indexed by it: each becomes ready or moves to its next missing dependency. A write therefore moves at most
 * once per entry of its clock, however many writes are buffered.
 *
 * A full buffer refuses writes. That cannot block it: the next write that its contents wait for is ready when it
 * arrives, so it needs no room here, and its sender sends every refused write again.
 */
export class CausalBuffer {
  readonly #capacity: BufferCapacity;
  readonly #writes = new Map<string, Buffered>();
  #bytes = 0;
  readonly #countBySender = new Map<NodeId, number>();
  readonly #waitingFor = new Map<string, Write[]>();

  constructor(capacity: BufferCapacity) {
    this.#capacity = capacity;
  }

  /** The number of buffered writes. */
  get size(): number {
    return this.#writes.size;
  }

  /** The memory that the buffered writes take, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The ids whose writes are buffered. */
  senders(): Iterable<NodeId> {
    return this.#countBySender.keys();
  }

  /** The buffered writes, in order of arrival. */
  writes(): Write[] {
    return [...this.#writes.values()].map(({ write }) => write);
  }

  /**
   * Buffers a write until `missing` is delivered.
   *
   * @returns `duplicate` if the write is already buffered, `full` if there is no room
   */
  add(write: Write, missing: Dot): 'buffered' | 'duplicate' | 'full' {
    const key = dotKey(dotOf(write));
    if (this.#writes.has(key)) return 'duplicate';
    if (this.#writes.size >= this.#capacity.writes) return 'full';
    const bytes = writeMemoryBytes(write);
    // An empty buffer takes any write: one larger than the capacity must not be refused for good.
    if (this.#writes.size > 0 && this.#bytes + bytes > this.#capacity.bytes) return 'full';
    this.#writes.set(key, { write, bytes, missing });
    this.#bytes += bytes;
    this.#countBySender.set(write.sender, (this.#countBySender.get(write.sender) ?? 0) + 1);
    this.#index(write, missing);
    return 'buffered';
  }

  /**
   * Drops the writes that match, for those whose dependency will never be delivered. Whoever has one in its log sends it
   * again.
   *
   * @returns how many there were
   */
  discard(matches: (write: Write) => boolean): number {
    const discarded = [...this.#writes.values()].filter(({ write }) => matches(write));
    for (const { write, missing } of discarded) {
      const key = dotKey(missing);
      const waiting = this.#waitingFor.get(key)?.filter((other) => other !== write) ?? [];
      if (waiting.length > 0) this.#waitingFor.set(key, waiting);
      else this.#waitingFor.delete(key);
      this.#remove(write);
    }
    return discarded.length;
  }

  /**
   * Releases the writes that became ready when `delivered` was delivered. Call it after counting `delivered`.
   *
   * @param clock read again for every write, because each delivery advances it
   * @param deliver called for each ready write; must count the write in `clock`
   */
  release(delivered: Dot, clock: () => VectorClock, deliver: (write: Write) => void): void {
    const key = dotKey(delivered);
    const waiting = this.#waitingFor.get(key);
    if (waiting === undefined) return;
    this.#waitingFor.delete(key);
    for (const write of waiting) {
      const missing = missingDependency(clock(), write.sender, write.vc);
      if (missing !== undefined) {
        const buffered = this.#writes.get(dotKey(dotOf(write)));
        if (buffered !== undefined) buffered.missing = missing;
        this.#index(write, missing);
        continue;
      }
      this.#remove(write);
      deliver(write);
    }
  }

  #remove(write: Write): void {
    const key = dotKey(dotOf(write));
    const left = (this.#countBySender.get(write.sender) ?? 0) - 1;
    if (left > 0) this.#countBySender.set(write.sender, left);
    else this.#countBySender.delete(write.sender);
    this.#bytes -= this.#writes.get(key)?.bytes ?? 0;
    this.#writes.delete(key);
  }

  #index(write: Write, missing: Dot): void {
    const key = dotKey(missing);
    const waiting = this.#waitingFor.get(key);
    if (waiting === undefined) this.#waitingFor.set(key, [write]);
    else waiting.push(write);
  }
}
