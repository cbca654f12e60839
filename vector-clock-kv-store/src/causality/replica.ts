import { type BufferCapacity, CausalBuffer } from './causal-buffer.ts';
import type { NodeId } from './node-id.ts';
import { Retirements } from './retirements.ts';
import { counterOf, type Dot, missingDependency, tick, type VectorClock } from './vector-clock.ts';
import { dotOf, type Value, type Write } from './write.ts';

/**
 * The result of receiving a write. `delivered` holds that write and the buffered writes it unblocked, in causal
 * order. `buffered` means that the write waits for `missing`, of whose node the first `has` writes are here. `refused`
 * means that the buffer is full: the sender must send the write again.
 */
export type Receipt =
  | { status: 'applied'; delivered: readonly Write[] }
  | { status: 'buffered'; missing: Dot; has: number }
  | { status: 'duplicate' | 'refused' };

export type ReceiptStatus = Receipt['status'];

/**
 * The causal core of a node: clocks the node's own writes and delivers other nodes' writes in causal order.
 * It does no I/O; the caller must store what it returns, in the order returned.
 */
export class Replica {
  readonly #id: NodeId;
  readonly #buffer: CausalBuffer;
  readonly #retired: () => Retirements;
  #clock: Record<NodeId, number>;
  /** Whether somebody else may have the clock: then it must not change. */
  #isShared = true;

  /**
   * @param id the id that this node's own writes are counted under
   * @param clock the writes already stored
   * @param bufferCapacity the most writes that may wait for a dependency, and their most bytes of memory
   * @param retired the retired ids, which the clocks of new writes omit
   */
  constructor(
    id: NodeId,
    clock: VectorClock,
    bufferCapacity: BufferCapacity,
    retired = () => Retirements.none,
  ) {
    this.#id = id;
    this.#retired = retired;
    this.#clock = clock;
    this.#buffer = new CausalBuffer(bufferCapacity);
  }

  /** The writes made or delivered here, with the entries of retired ids. */
  get clock(): VectorClock {
    this.#isShared = true;
    return this.#clock;
  }

  /** The number of a node's last write that was made or delivered here; 0 before the first. */
  counterOf(node: NodeId): number {
    return counterOf(this.#clock, node);
  }

  /** The writes that wait for a dependency, in order of arrival. */
  buffered(): Write[] {
    return this.#buffer.writes();
  }

  /** The ids whose writes wait for a dependency. */
  bufferedSenders(): Iterable<NodeId> {
    return this.#buffer.senders();
  }

  /** The last waiting write of each of these ids. */
  lastBuffered(): Iterable<Dot> {
    return this.#buffer.lastDots();
  }

  /** The number of writes that wait for a dependency. */
  get bufferDepth(): number {
    return this.#buffer.size;
  }

  /** The memory that those writes take, in bytes. */
  get bufferBytes(): number {
    return this.#buffer.bytes;
  }

  /**
   * Drops the waiting writes of ids that are no longer used, and those whose number has been delivered meanwhile.
   *
   * @returns how many there were
   */
  discardBuffered(ids: ReadonlySet<NodeId>): number {
    return this.#buffer.discard(
      (write) => ids.has(write.sender) || dotOf(write).counter <= counterOf(this.#clock, write.sender),
    );
  }

  /**
   * Makes a write of this node. It depends on every write made or delivered here so far.
   *
   * @param at the wall clock, if the write has it
   * @param life the run of the process, if the write names it
   */
  write(key: string, value: Value | null, at?: number, life?: string): Write {
    const clock = tick(this.#clock, this.#id);
    this.#clock = clock;
    this.#isShared = true;
    const [sender, vc] = [this.#id, this.#retired().compact(clock, this.#id)];
    // Not spread from parts: that takes longer than all else here, and other code runs faster on objects of one shape.
    if (at === undefined) return { sender, key, value, vc };
    return life === undefined ? { sender, key, value, vc, at } : { sender, key, value, vc, at, life };
  }

  /** Receives a write of another node. A duplicate or refused write changes nothing. */
  receive(write: Write): Receipt {
    const { counter } = dotOf(write);
    if (counter <= counterOf(this.#clock, write.sender)) return { status: 'duplicate' };
    const missing = missingDependency(this.#clock, write.sender, write.vc);
    if (missing !== undefined) {
      const added = this.#buffer.add(write, missing);
      if (added === 'buffered') return { status: added, missing, has: this.counterOf(missing.node) };
      return { status: added === 'full' ? 'refused' : added };
    }
    return { status: 'applied', delivered: this.#deliver(write) };
  }

  /** Delivers a ready write and everything it unblocks. Iterative: a deep buffer would overflow the stack. */
  #deliver(first: Write): Write[] {
    // Most often no write waits, and this one unblocks none.
    if (this.#buffer.size === 0) {
      this.#count(dotOf(first));
      return [first];
    }
    const delivered: Write[] = [];
    const deliver = (write: Write) => {
      const dot = dotOf(write);
      // A faulty sender may reuse a counter: the other write with this dot was delivered while this one waited.
      if (dot.counter <= this.counterOf(dot.node)) return;
      this.#count(dot);
      delivered.push(write);
    };
    deliver(first);
    for (let next = 0; next < delivered.length; next++) {
      const write = delivered[next];
      if (write !== undefined) this.#buffer.release(dotOf(write), () => this.#clock, deliver);
    }
    return delivered;
  }

  #count({ counter, node }: Dot): void {
    // Copied only if somebody may keep it: a message has many writes.
    if (this.#isShared) this.#clock = { ...this.#clock };
    this.#isShared = false;
    this.#clock[node] = counter;
  }
}
