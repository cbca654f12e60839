import { CausalBuffer } from './causal-buffer.ts';
import type { NodeId } from './node-id.ts';
import { counterOf, missingDependency, tick, type VectorClock } from './vector-clock.ts';
import { dotOf, type Value, type Write } from './write.ts';

/** What became of a received write. `delivered` lists it and all that waited for it, in causal order. */
export type Receipt =
  | { status: 'applied'; delivered: readonly Write[] }
  | { status: 'buffered' | 'duplicate' | 'refused' };

/**
 * The causal core of a node: it stamps the node's own writes and decides when others' may be delivered.
 * It knows nothing of disks or networks; what it hands out is to be stored in the order given.
 */
export class Replica {
  readonly #id: NodeId;
  readonly #buffer: CausalBuffer;
  #clock: VectorClock;

  /**
   * @param id the name this node's own writes are counted under
   * @param clock what has been delivered before, as stored
   * @param bufferCapacity how many writes may wait for their dependencies
   */
  constructor(id: NodeId, clock: VectorClock, bufferCapacity: number) {
    this.#id = id;
    this.#clock = clock;
    this.#buffer = new CausalBuffer(bufferCapacity);
  }

  /** All writes made or delivered here. */
  get clock(): VectorClock {
    return this.#clock;
  }

  /** The writes that wait for a dependency, in order of arrival. */
  buffered(): Write[] {
    return this.#buffer.writes();
  }

  /** How many writes wait for a dependency. */
  get bufferDepth(): number {
    return this.#buffer.size;
  }

  /** Makes a write of this node: it depends on everything delivered here so far. */
  write(key: string, value: Value | null): Write {
    this.#clock = tick(this.#clock, this.#id);
    return { sender: this.#id, key, value, vc: this.#clock };
  }

  /** Takes in a write of another node. A duplicate, or one that does not fit the buffer, changes nothing. */
  receive(write: Write): Receipt {
    const { counter } = dotOf(write);
    if (counter <= counterOf(this.#clock, write.sender)) return { status: 'duplicate' };
    const missing = missingDependency(this.#clock, write.sender, write.vc);
    if (missing !== undefined) {
      const filed = this.#buffer.add(write, missing);
      return { status: filed === 'full' ? 'refused' : filed };
    }
    return { status: 'applied', delivered: this.#deliver(write) };
  }

  /** Delivers a ready write and, without recursion, all that becomes ready by it. */
  #deliver(first: Write): Write[] {
    const delivered: Write[] = [];
    const deliver = (write: Write) => {
      const { counter } = dotOf(write);
      // While it waited, another message of that number, from a sender gone wrong, may have been ready.
      if (counter <= counterOf(this.#clock, write.sender)) return;
      this.#clock = { ...this.#clock, [write.sender]: counter };
      delivered.push(write);
    };
    deliver(first);
    for (let next = 0; next < delivered.length; next++) {
      const write = delivered[next];
      if (write !== undefined) this.#buffer.release(dotOf(write), () => this.#clock, deliver);
    }
    return delivered;
  }
}
