import { type NodeId, nameOf } from '../causality/node-id.ts';
import type { Retirements } from '../causality/retirements.ts';
import { counterOf, type Dot, type VectorClock } from '../causality/vector-clock.ts';
import { MAX_CLOCK_ENTRIES, MAX_LIVE_IDS } from '../limits.ts';

/** The ids that the members' clocks show, as far as this node knows. */
export type LiveIds = {
  /** The ids in this node's clock, and of writes that wait here. */
  here: ReadonlySet<NodeId>;
  /** The ids in the clocks that members have reported. */
  reported: ReadonlySet<NodeId>;
};

/** Reports whether a write brings an id into a clock that does not show it. */
export function isNewcomer(retired: Retirements, clock: VectorClock, { node, counter }: Dot): boolean {
  const known = counterOf(clock, node);
  return known === 0 || (counter > known && retired.omits(clock, node));
}

/**
 * Admits ids that are new here, as long as the members' clocks have room for them.
 *
 * A clock that is longer than MAX_CLOCK_ENTRIES would be refused by every peer, and replication would end. So a node
 * stops taking new ids long before, at MAX_LIVE_IDS. Beyond, it only takes plain names, of which there are few, and ids
 * that a member has already: nodes that accept different ids at once must still be able to exchange them. Retiring
 * dead ids makes room again.
 */
export class IdRoom {
  readonly #here: Set<NodeId>;
  readonly #reported: ReadonlySet<NodeId>;
  #live: number;

  constructor({ here, reported }: LiveIds) {
    this.#here = new Set(here);
    this.#reported = reported;
    this.#live = new Set([...here, ...reported]).size;
  }

  /** Reports whether there is room for a new id, and takes it if so. */
  admit(id: NodeId): boolean {
    if (this.#here.has(id)) return true;
    const isReserved = this.#reported.has(id) || id === nameOf(id);
    if (isReserved ? this.#here.size >= MAX_CLOCK_ENTRIES : this.#live >= MAX_LIVE_IDS) return false;
    this.#here.add(id);
    if (!this.#reported.has(id)) this.#live++;
    return true;
  }
}

/** Reports whether a node that starts may take a new id. */
export function hasRoom({ here, reported }: LiveIds): boolean {
  return new Set([...here, ...reported]).size < MAX_LIVE_IDS;
}
