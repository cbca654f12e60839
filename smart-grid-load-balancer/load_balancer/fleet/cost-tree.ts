import { fits } from './candidate.ts';

const NONE = Number.POSITIVE_INFINITY;

/** What is kept of each node, and where: 32 bytes, so that two children share a line of the processor's cache. */
const NODE = 4;
/** The lowest cost below a node. */
const COST = 0;
/** How many places below a node have that cost. */
const TIES = 1;
/** The largest free capacity below a node. */
const FREE = 2;

/**
 * A tournament tree over numbered places, each with a cost and a free capacity in kW: finds the cheapest place where a
 * request fits in logarithmic time, as long as the cheap places have room. Updates take logarithmic time.
 */
export class CostTree {
  /** Places at the leaves; a power of two. Node 1 is the root, and node `n` has the children `2n` and `2n + 1`. */
  #leaves = 1;
  #nodes = emptyNodes(1);

  /** Sets a place. @param free in kW */
  set(place: number, cost: number, free: number): void {
    while (place >= this.#leaves) this.#grow();
    const at = (this.#leaves + place) * NODE;
    this.#nodes[at + COST] = cost;
    this.#nodes[at + TIES] = 1;
    this.#nodes[at + FREE] = free;
    this.#updateAbove(this.#leaves + place);
  }

  /** Removes a place. Does nothing if it is not set. */
  remove(place: number): void {
    if (place < this.#leaves) this.set(place, NONE, -NONE);
  }

  /**
   * Returns the cheapest place where a request fits, one of several at random; undefined if it fits nowhere.
   *
   * @param amount in kW
   * @param random uniform in [0, 1)
   */
  cheapest(amount: number, random: () => number): number | undefined {
    const leaf = this.#find(1, amount, NONE, random);
    return leaf === undefined ? undefined : leaf - this.#leaves;
  }

  /** Returns the cheapest fitting leaf below a node, if it costs less than `limit`. */
  #find(node: number, amount: number, limit: number, random: () => number): number | undefined {
    if (this.#read(node, COST) >= limit || !fits(amount, this.#read(node, FREE))) return undefined;
    if (node >= this.#leaves) return node;
    const first = this.#isLeftFirst(node, random) ? 2 * node : 2 * node + 1;
    const found = this.#find(first, amount, limit, random);
    // The other child has the number that differs in the last bit.
    return (
      this.#find(first ^ 1, amount, found === undefined ? limit : this.#read(found, COST), random) ?? found
    );
  }

  /** Whether the left child is to be looked at first: the cheaper one, and of equal ones each as often as it has places. */
  #isLeftFirst(node: number, random: () => number): boolean {
    const [left, right] = [2 * node, 2 * node + 1];
    const [ofLeft, ofRight] = [this.#read(left, COST), this.#read(right, COST)];
    if (ofLeft !== ofRight) return ofLeft < ofRight;
    const tiesRight = this.#read(right, TIES);
    return random() * (this.#read(left, TIES) + tiesRight) >= tiesRight;
  }

  #read(node: number, figure: typeof COST | typeof TIES | typeof FREE): number {
    return this.#nodes[node * NODE + figure] ?? Number.NaN;
  }

  #updateAbove(leaf: number): void {
    for (let node = leaf >> 1; node >= 1; node >>= 1) {
      const [left, right] = [2 * node, 2 * node + 1];
      const [ofLeft, ofRight] = [this.#read(left, COST), this.#read(right, COST)];
      const cost = Math.min(ofLeft, ofRight);
      const ties =
        (ofLeft <= ofRight ? this.#read(left, TIES) : 0) + (ofRight <= ofLeft ? this.#read(right, TIES) : 0);
      const free = Math.max(this.#read(left, FREE), this.#read(right, FREE));
      const isUnchanged =
        this.#read(node, COST) === cost && this.#read(node, TIES) === ties && this.#read(node, FREE) === free;
      // Then nothing above changes either.
      if (isUnchanged) return;
      this.#nodes[node * NODE + COST] = cost;
      this.#nodes[node * NODE + TIES] = ties;
      this.#nodes[node * NODE + FREE] = free;
    }
  }

  /** Doubles the number of places. */
  #grow(): void {
    const [leaves, before] = [this.#leaves, this.#nodes];
    this.#leaves = 2 * leaves;
    this.#nodes = emptyNodes(this.#leaves);
    this.#nodes.set(before.subarray(leaves * NODE), this.#leaves * NODE);
    for (let node = this.#leaves - 1; node >= 1; node--) this.#updateAbove(2 * node);
  }
}

function emptyNodes(leaves: number): Float64Array {
  const nodes = new Float64Array(2 * leaves * NODE);
  for (let at = 0; at < nodes.length; at += NODE) {
    nodes[at + COST] = NONE;
    nodes[at + FREE] = -NONE;
  }
  return nodes;
}
