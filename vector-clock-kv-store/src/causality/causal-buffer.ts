import { DotMap } from './dot-map.ts';
import { writeMemoryBytes } from './memory-size.ts';
import type { NodeId } from './node-id.ts';
import { type Dot, missingDependency, type VectorClock } from './vector-clock.ts';
import { dotOf, type Write } from './write.ts';

/** The most writes that a buffer holds, and the most bytes of memory that they take. */
export type BufferCapacity = { writes: number; bytes: number };

/** A buffered write, its place in the order of arrival, its memory, and the dependency that it waits for. */
type Buffered = { write: Write; arrival: number; bytes: number; missing: Dot };

/**
 * Buffers writes that arrived before one of their dependencies.
 *
 * Each write waits for one dependency it is missing. Delivering that dependency looks only at the writes that wait
 * for it: each becomes ready or waits for its next missing dependency. A write is therefore examined at most once per
 * entry of its clock, however many writes are buffered. A write that waits for its sender's previous one is found by
 * its dot; only those that wait for another node's write are indexed.
 *
 * A full buffer refuses writes. That cannot block it: the next write that its contents wait for is ready when it
 * arrives, so it needs no room here, and its sender sends every refused write again.
 */
export class CausalBuffer {
  readonly #capacity: BufferCapacity;
  readonly #writes = new DotMap<Buffered>();
  /** By the missing write of another node. */
  readonly #waitingFor = new DotMap<Buffered[]>();
  #size = 0;
  #bytes = 0;
  #arrivals = 0;

  constructor(capacity: BufferCapacity) {
    this.#capacity = capacity;
  }

  /** The number of buffered writes. */
  get size(): number {
    return this.#size;
  }

  /** The memory that the buffered writes take, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The ids whose writes are buffered. */
  senders(): Iterable<NodeId> {
    return this.#writes.nodes();
  }

  /** The last buffered write of each of these ids. */
  lastDots(): Iterable<Dot> {
    return this.#writes.lastDots();
  }

  /** The buffered writes, in order of arrival. */
  writes(): Write[] {
    return [...this.#writes.values()]
      .sort((left, right) => left.arrival - right.arrival)
      .map(({ write }) => write);
  }

  /**
   * Buffers a write until `missing` is delivered.
   *
   * @returns `duplicate` if the write is already buffered, `full` if there is no room
   */
  add(write: Write, missing: Dot): 'buffered' | 'duplicate' | 'full' {
    const dot = dotOf(write);
    if (this.#writes.get(dot) !== undefined) return 'duplicate';
    if (this.size >= this.#capacity.writes) return 'full';
    const bytes = writeMemoryBytes(write);
    // An empty buffer takes any write: one larger than the capacity must not be refused for good.
    if (this.size > 0 && this.#bytes + bytes > this.#capacity.bytes) return 'full';
    const buffered = { write, arrival: this.#arrivals++, bytes, missing };
    this.#writes.set(dot, buffered);
    this.#size += 1;
    this.#bytes += bytes;
    this.#index(buffered);
    return 'buffered';
  }

  /**
   * Drops the writes that match, for those whose dependency will never be delivered. Whoever has one in its log sends it
   * again.
   *
   * @returns how many there were
   */
  discard(matches: (write: Write) => boolean): number {
    const discarded = new Set([...this.#writes.values()].filter(({ write }) => matches(write)));
    // Each list once: all discarded writes may wait for the same one.
    const filtered = new Set<Buffered[]>();
    for (const buffered of discarded) {
      const { missing } = buffered;
      const waiting = this.#waitingFor.get(missing);
      if (waiting !== undefined && !filtered.has(waiting)) {
        const kept = waiting.filter((other) => !discarded.has(other));
        filtered.add(kept);
        if (kept.length > 0) this.#waitingFor.set(missing, kept);
        else this.#waitingFor.delete(missing);
      }
      this.#remove(buffered);
    }
    return discarded.size;
  }

  /**
   * Releases the writes that became ready when `delivered` was delivered. Call it after counting `delivered`.
   *
   * @param clock read again for every write, because each delivery advances it
   * @param deliver called for each ready write; must count the write in `clock`
   */
  release(delivered: Dot, clock: () => VectorClock, deliver: (write: Write) => void): void {
    const next = this.#writes.get({ node: delivered.node, counter: delivered.counter + 1 });
    if (next !== undefined && waitsForSender(next)) this.#release(next, clock, deliver);
    const waiting = this.#waitingFor.get(delivered);
    if (waiting === undefined) return;
    this.#waitingFor.delete(delivered);
    for (const buffered of waiting) this.#release(buffered, clock, deliver);
  }

  #release(buffered: Buffered, clock: () => VectorClock, deliver: (write: Write) => void): void {
    const { write } = buffered;
    const missing = missingDependency(clock(), write.sender, write.vc);
    if (missing !== undefined) {
      buffered.missing = missing;
      this.#index(buffered);
      return;
    }
    this.#remove(buffered);
    deliver(write);
  }

  #remove(buffered: Buffered): void {
    this.#writes.delete(dotOf(buffered.write));
    this.#size -= 1;
    this.#bytes -= buffered.bytes;
  }

  #index(buffered: Buffered): void {
    if (waitsForSender(buffered)) return;
    const waiting = this.#waitingFor.get(buffered.missing);
    if (waiting === undefined) this.#waitingFor.set(buffered.missing, [buffered]);
    else waiting.push(buffered);
  }
}

/** Whether it waits for its sender's previous write. */
function waitsForSender({ missing, write }: Buffered): boolean {
  return missing.node === write.sender;
}
