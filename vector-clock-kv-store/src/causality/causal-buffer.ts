import { type Dot, dotKey, missingDependency, type VectorClock } from './vector-clock.ts';
import { dotOf, type Write } from './write.ts';

/**
 * Buffers writes that arrived before one of their dependencies.
 *
 * Each write is indexed by one dependency it is missing. Delivering that dependency looks only at the writes
 * indexed by it: each becomes ready or moves to its next missing dependency. A write therefore moves at most
 * once per entry of its clock, however many writes are buffered.
 */
export class CausalBuffer {
  readonly #capacity: number;
  readonly #writes = new Map<string, Write>();
  readonly #waitingFor = new Map<string, Write[]>();

  /** @param capacity the most writes it holds */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The number of buffered writes. */
  get size(): number {
    return this.#writes.size;
  }

  /** The buffered writes, in order of arrival. */
  writes(): Write[] {
    return [...this.#writes.values()];
  }

  /**
   * Buffers a write until `missing` is delivered.
   *
   * @returns `duplicate` if the write is already buffered, `full` if there is no room
   */
  add(write: Write, missing: Dot): 'buffered' | 'duplicate' | 'full' {
    const key = dotKey(dotOf(write));
    if (this.#writes.has(key)) return 'duplicate';
    if (this.#writes.size >= this.#capacity) return 'full';
    this.#writes.set(key, write);
    this.#index(write, missing);
    return 'buffered';
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
        this.#index(write, missing);
        continue;
      }
      this.#writes.delete(dotKey(dotOf(write)));
      deliver(write);
    }
  }

  #index(write: Write, missing: Dot): void {
    const key = dotKey(missing);
    const waiting = this.#waitingFor.get(key);
    if (waiting === undefined) this.#waitingFor.set(key, [write]);
    else waiting.push(write);
  }
}
