import {
  continues,
  type Disowned,
  disownedBy,
  forkOf,
  type LifeId,
  type Lineage,
  reported,
} from '../causality/lineage.ts';
import type { NodeId } from '../causality/node-id.ts';
import { counterOf, type Dot, type VectorClock } from '../causality/vector-clock.ts';
import type { Heartbeat } from '../replication/transport.ts';

/** Why a node must stop to write under its id, and which of its writes contradict the peers'. */
export type Evidence = { reason: string; disowned: Disowned | undefined };

/** The id that this node writes under, or claims while it starts, and the lives of its disk. */
export class OwnIdentity {
  readonly life: LifeId;
  #id: NodeId;
  #lineage: Lineage = [];
  /** Lives of this node that others had recorded last: one of each. */
  readonly #recalled = new Set<LifeId>();
  /** The ids under which this node had written when it started. */
  #written: ReadonlySet<NodeId> = new Set();

  constructor(name: string, life: LifeId) {
    this.life = life;
    this.#id = name;
  }

  get id(): NodeId {
    return this.#id;
  }

  get lineage(): Lineage {
    return this.#lineage;
  }

  /** The lives to report to others: not all, where there are many. */
  get reportedLineage(): Lineage {
    return reported(this.#lineage, this.#recalled);
  }

  /** Reports those lives of this node from now on that another node has on record. */
  recall(record: Lineage): void {
    const last = record.at(-1);
    if (last !== undefined && this.#lineage.some(({ life }) => life === last.life))
      this.#recalled.add(last.life);
  }

  take(id: NodeId, lineage: Lineage): void {
    this.#id = id;
    this.#lineage = lineage;
  }

  /** Remembers that the data here has all writes of its lives, unless it is an earlier copy. */
  expectOwnWrites(lineage: Lineage): void {
    this.#written = new Set(lineage.map(({ id }) => id));
  }

  /** Finds a write that this node made under an id that it has left, and that its data lacks. */
  lostWrite(heardOf: VectorClock, clock: VectorClock): Dot | undefined {
    for (const node of this.#written) {
      const counter = counterOf(heardOf, node);
      if (node !== this.#id && counter > counterOf(clock, node)) return { node, counter };
    }
    return undefined;
  }

  /** Reports whether a peer has recorded an earlier state of this node, so that it must hear of this one. */
  isNewTo({ record }: Heartbeat): boolean {
    return record !== undefined && continues(this.#lineage, record);
  }

  /**
   * Finds evidence, in a peer's heartbeat, that this node's numbering is not its own.
   *
   * @param counter the number of the last write made under the id
   * @param clock the writes that are stored here
   */
  evidenceIn(
    { heardOf, life, record = [] }: Heartbeat,
    counter: number,
    clock: VectorClock,
  ): Evidence | undefined {
    this.recall(record);
    if (!continues(this.#lineage, record)) {
      const last = record.at(-1);
      return {
        reason: `life ${last?.life} has used ${last?.id}, as if a second process ran or an earlier copy was restored; this is life ${this.life}`,
        disowned: disownedBy(record, this.#lineage, clock),
      };
    }
    const heard = counterOf(heardOf, this.#id);
    if (heard <= counter) return undefined;
    const from = this.#lineage.at(-1)?.from ?? 0;
    return {
      reason: `write ${heard} of ${this.#id} is known, but its last one here is ${counter}`,
      // A peer that records lives refuses the writes of another life, so what it has up to here is ours.
      disowned: life === undefined && counter > from ? { id: this.#id, after: from } : undefined,
    };
  }
}

/**
 * Reports whether a peer's writes contradict those that are known here under the same name.
 *
 * @param record what this node has recorded of the peer's name
 * @param heardOf what has arrived at this node
 */
export function contradicts(
  { clock, id: current, lineage = [] }: Heartbeat,
  record: Lineage,
  heardOf: VectorClock,
): boolean {
  return [...new Set(lineage.map(({ id }) => id))].some((id) => {
    const fork = forkOf(lineage, record, id);
    if (fork === undefined || counterOf(heardOf, id) <= fork) return false;
    // Under its current id, its next write would contradict them.
    return id === current || counterOf(clock, id) > fork;
  });
}
