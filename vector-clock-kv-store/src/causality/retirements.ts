import type { NodeId } from './node-id.ts';
import { clockSum, counterOf, type Dot, dotKey, type VectorClock } from './vector-clock.ts';
import { dotOf, type Value, type Write } from './write.ts';

/** The key of the writes that retire node ids. Clients cannot use it: their keys contain no NUL. */
export const RETIRED_KEY = '\0retired';

/** A retired id is one whose entry clocks omit once they count the write that retired it. */
export type Retirement = {
  /** The write that retires the ids. */
  dot: Dot;
  /** The retired ids with their counters in that write's clock. */
  finals: VectorClock;
};

/** Returns the value of a write that retires ids. */
export function retirementValue(ids: readonly NodeId[]): Value {
  return { ids };
}

/**
 * Reads which ids a write retires; undefined if it retires none.
 *
 * The final counters are those of the write's own clock, so that a record cannot claim a past that its write does not
 * have. A write cannot retire its own sender, because its dot needs that entry.
 */
export function retirementIn({ key, value, sender, vc }: Write): Retirement | undefined {
  if (key !== RETIRED_KEY || typeof value !== 'object' || value === null || !('ids' in value))
    return undefined;
  const finals: Record<NodeId, number> = {};
  for (const id of Array.isArray(value.ids) ? value.ids : []) {
    if (typeof id === 'string' && id !== sender && counterOf(vc, id) > 0) finals[id] = counterOf(vc, id);
  }
  return Object.keys(finals).length === 0 ? undefined : { dot: dotOf({ sender, vc }), finals };
}

/**
 * The retired ids of a cluster. Immutable.
 *
 * A dead incarnation's entry would stay in every clock for good. Instead, a retirement, an ordinary causal write,
 * records the entry's value; a clock that counts that write implies the entry and omits it.
 *
 * `expand` returns what a clock stands for: it adds the finals of every retirement that the clock counts, to a fixed
 * point. For every write, `expand(vc)` is the write's causal past, on every node that has delivered that past:
 *
 * - It adds only what is in that past. The finals of a retirement are entries of its own clock, so a clock that counts the
 *   retirement has them in its past. This needs no assumption about the retired node: if another write of it turns up
 *   later, its entry exceeds the final, and clocks show it until it is retired again.
 * - It adds all that `compact` omitted. Every omitted entry is the final of a retirement that the clock counts. That
 *   retirement's own sender may be omitted too, by a later retirement; as each retirement is delivered after its
 *   finals, the chain ends at an entry that the clock shows.
 * - It is the same on every node. Retirements that a clock does not count do not matter, and those that it counts
 *   have been delivered before it, or came with the snapshot that it is in. Knowing more of them changes nothing.
 *
 * The clocks inside a node are expanded: they are causally closed, so "includes all entries of a received clock"
 * means the same for its compact and for its expanded form. Only what is received must be expanded before it is asked
 * whether it includes something.
 */
export class Retirements {
  static readonly none = new Retirements([]);

  readonly #byId = new Map<NodeId, Retirement[]>();
  readonly #bySender = new Map<NodeId, Retirement[]>();
  readonly #all: readonly Retirement[];

  private constructor(all: readonly Retirement[]) {
    this.#all = all;
    for (const retirement of all) {
      append(this.#bySender, retirement.dot.node, retirement);
      for (const id of Object.keys(retirement.finals)) append(this.#byId, id, retirement);
    }
  }

  /** The number of retired ids. */
  get size(): number {
    return this.#byId.size;
  }

  /** All retirements, in the order they became known. */
  get all(): readonly Retirement[] {
    return this.#all;
  }

  /** Adds retirements. Those that are known already change nothing. */
  with(added: readonly Retirement[]): Retirements {
    const known = new Set(this.#all.map(({ dot }) => dotKey(dot)));
    const fresh = added.filter(({ dot }) => !known.has(dotKey(dot)));
    return fresh.length === 0 ? this : new Retirements([...this.#all, ...fresh]);
  }

  /** Adds the retirements among some writes. */
  withWrites(writes: readonly Write[]): Retirements {
    const added = writes.flatMap((write) => retirementIn(write) ?? []);
    return added.length === 0 ? this : this.with(added);
  }

  /** Reports whether a clock includes a write, by its entries or by the retirements that it counts. */
  includes(clock: VectorClock, { node, counter }: Dot): boolean {
    if (counterOf(clock, node) >= counter) return true;
    if (!this.#byId.has(node)) return false;
    return counterOf(this.expand(clock), node) >= counter;
  }

  /** Adds the entries that a clock implies. */
  expand(clock: VectorClock): VectorClock {
    if (this.size === 0) return clock;
    const expanded: Record<NodeId, number> = { ...clock };
    const grown = Object.keys(clock).filter((id) => this.#bySender.has(id));
    for (let id = grown.pop(); id !== undefined; id = grown.pop()) {
      for (const { dot, finals } of this.#bySender.get(id) ?? []) {
        if (counterOf(expanded, id) < dot.counter) continue;
        for (const [retired, final] of Object.entries(finals)) {
          if (final <= counterOf(expanded, retired)) continue;
          expanded[retired] = final;
          if (this.#bySender.has(retired)) grown.push(retired);
        }
      }
    }
    return expanded;
  }

  /**
   * Omits the entries that an expanded clock implies.
   *
   * @param keep an id whose entry stays, such as the sender's in a write's clock
   */
  compact(clock: VectorClock, keep?: NodeId): VectorClock {
    if (this.size === 0) return clock;
    const compacted: Record<NodeId, number> = {};
    for (const [id, counter] of Object.entries(clock)) {
      if (id === keep || !this.#implies(clock, id, counter)) compacted[id] = counter;
    }
    return compacted;
  }

  /** Reports whether an expanded clock implies its own entry of an id, so that its compact form omits it. */
  omits(clock: VectorClock, id: NodeId): boolean {
    return this.#implies(clock, id, counterOf(clock, id));
  }

  /** Counts the writes that a clock includes. The sum extends the causal order: an earlier clock has a smaller sum. */
  sum(clock: VectorClock): number {
    return clockSum(this.expand(clock));
  }

  #implies(clock: VectorClock, id: NodeId, counter: number): boolean {
    const retirements = this.#byId.get(id);
    if (retirements === undefined) return false;
    return retirements.some(
      ({ dot, finals }) => counterOf(clock, dot.node) >= dot.counter && counterOf(finals, id) >= counter,
    );
  }
}

function append(index: Map<NodeId, Retirement[]>, id: NodeId, retirement: Retirement): void {
  const existing = index.get(id);
  if (existing === undefined) index.set(id, [retirement]);
  else existing.push(retirement);
}
