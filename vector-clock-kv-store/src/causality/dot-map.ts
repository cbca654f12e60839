import type { NodeId } from './node-id.ts';
import type { Dot } from './vector-clock.ts';

/** A map whose keys are dots. Maps by node hold maps by number, which are faster than one whose keys join both. */
export class DotMap<Entry> {
  readonly #byNode = new Map<NodeId, Map<number, Entry>>();

  get({ counter, node }: Dot): Entry | undefined {
    return this.#byNode.get(node)?.get(counter);
  }

  set({ counter, node }: Dot, entry: Entry): void {
    const entries = this.#byNode.get(node);
    if (entries === undefined) this.#byNode.set(node, new Map([[counter, entry]]));
    else entries.set(counter, entry);
  }

  delete({ counter, node }: Dot): void {
    const entries = this.#byNode.get(node);
    entries?.delete(counter);
    if (entries?.size === 0) this.#byNode.delete(node);
  }

  /** The nodes that have entries. */
  nodes(): Iterable<NodeId> {
    return this.#byNode.keys();
  }

  /** The entries of one node after the other, each in the order in which they were added. */
  *values(): Iterable<Entry> {
    for (const entries of this.#byNode.values()) yield* entries.values();
  }

  /** The last dot of each node. */
  *lastDots(): Iterable<Dot> {
    for (const [node, entries] of this.#byNode) {
      let counter = 0;
      for (const other of entries.keys()) if (other > counter) counter = other;
      yield { node, counter };
    }
  }
}
