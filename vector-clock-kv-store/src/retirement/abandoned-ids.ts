import { type NodeId, nameOf } from '../causality/node-id.ts';
import { counterOf } from '../causality/vector-clock.ts';
import type { ClusterView } from './retirement-planner.ts';

/**
 * Finds ids that no node writes under any more, among those whose writes wait for a dependency here.
 *
 * If no member has more writes of such an id than this node, the missing ones are lost with the node that made them,
 * or never existed. To drop what waits for them is safe in any case: a member that turns out to have it sends it again.
 * Only another implementation sends each write once, so the ids of its name are left alone.
 */
export class AbandonedIds {
  readonly #delayMs: number;
  /** The ids that may be abandoned: this node's last write of each, and since when that has been so. */
  readonly #candidates = new Map<NodeId, { counter: number; since: number }>();

  /** @param delayMs how long nobody must have used an id, so that its last messages have arrived or are lost */
  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  /** @param view what this node knows of the cluster, and the names of the other members */
  among(
    waiting: ReadonlySet<NodeId>,
    { self, others, retired, members }: ClusterView & { members: readonly string[] },
    now: number,
  ): Set<NodeId> {
    for (const id of this.#candidates.keys()) if (!waiting.has(id)) this.#candidates.delete(id);
    if (waiting.size === 0) return new Set();
    const reports = others.flatMap((report) => report ?? []);
    const used = new Set([self, ...reports].map(({ id }) => id));
    const clocks = reports.map(({ clock }) => retired.expand(clock));
    const silent = new Set(members.filter((name) => reports.every((report) => report.name !== name)));
    for (const id of waiting) {
      const counter = counterOf(self.clock, id);
      const unused = !used.has(id) && !silent.has(nameOf(id));
      const unknown = clocks.every((clock) => counterOf(clock, id) <= counter);
      const known = this.#candidates.get(id);
      if (!unused || !unknown) this.#candidates.delete(id);
      else if (known?.counter !== counter) this.#candidates.set(id, { counter, since: now });
    }
    return new Set(
      [...this.#candidates].filter(([, { since }]) => now - since >= this.#delayMs).map(([id]) => id),
    );
  }
}
