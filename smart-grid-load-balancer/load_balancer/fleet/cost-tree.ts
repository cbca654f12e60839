import { fits } from './candidate.ts';

const NONE = Number.POSITIVE_INFINITY;

/**
 * A tournament tree over numbered places, each with a cost and a free capacity in kW: finds the cheapest place where a
 * request fits in logarithmic time, as long as the cheap places have room. Updates take logarithmic time.
 */
export class CostTree {
  /** Places at the leaves; a power of two. Node 1 is the root, and node `n` has the children `2n` and `2n + 1`. */
  #leaves = 1;
  /** The lowest cost below each node. */
  #costs = new Float64Array(2).fill(NONE);
  /** How many places below each node have that cost. */
  #ties = new Float64Array(2);
  /** The largest free capacity below each node. */
  #free = new Float64Array(2).fill(-NONE);

  /** Sets a place. @param free in kW */
  set(place: number, cost: number, free: number): void {
    while (place >= this.#leaves) this.#grow();
    this.#costs[this.#leaves + place] = cost;
    this.#ties[this.#leaves + place] = 1;
    this.#free[this.#leaves + place] = free;
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
    if (this.#cost(node) >= limit || !fits(amount, this.#free[node] ?? -NONE)) return undefined;
    if (node >= this.#leaves) return node;
    const [first, second] = this.#inOrder(node, random);
    const found = this.#find(first, amount, limit, random);
    return this.#find(second, amount, found === undefined ? limit : this.#cost(found), random) ?? found;
  }

  /** The children of a node, the cheaper one first; of equal ones each as often as it has places. */
  #inOrder(node: number, random: () => number): [number, number] {
    const [left, right] = [2 * node, 2 * node + 1];
    const [ofLeft, ofRight] = [this.#cost(left), this.#cost(right)];
    const [tiesLeft = 0, tiesRight = 0] = [this.#ties[left], this.#ties[right]];
    const isLeftFirst =
      ofLeft === ofRight ? random() * (tiesLeft + tiesRight) >= tiesRight : ofLeft < ofRight;
    return isLeftFirst ? [left, right] : [right, left];
  }

  #cost(node: number): number {
    return this.#costs[node] ?? NONE;
  }

  #updateAbove(leaf: number): void {
    for (let node = leaf >> 1; node >= 1; node >>= 1) {
      const [left, right] = [2 * node, 2 * node + 1];
      const [ofLeft, ofRight] = [this.#cost(left), this.#cost(right)];
      const [tiesLeft = 0, tiesRight = 0] = [this.#ties[left], this.#ties[right]];
      const cost = Math.min(ofLeft, ofRight);
      const ties = (ofLeft <= ofRight ? tiesLeft : 0) + (ofRight <= ofLeft ? tiesRight : 0);
      const free = Math.max(this.#free[left] ?? -NONE, this.#free[right] ?? -NONE);
      // Then nothing above changes either.
      if (this.#costs[node] === cost && this.#ties[node] === ties && this.#free[node] === free) return;
      this.#costs[node] = cost;
      this.#ties[node] = ties;
      this.#free[node] = free;
    }
  }

  /** Doubles the number of places. */
  #grow(): void {
    const before = { leaves: this.#leaves, costs: this.#costs, ties: this.#ties, free: this.#free };
    this.#leaves = 2 * before.leaves;
    this.#costs = new Float64Array(2 * this.#leaves).fill(NONE);
    this.#ties = new Float64Array(2 * this.#leaves);
    this.#free = new Float64Array(2 * this.#leaves).fill(-NONE);
    for (let place = 0; place < before.leaves; place++) {
      this.#costs[this.#leaves + place] = before.costs[before.leaves + place] ?? NONE;
      this.#ties[this.#leaves + place] = before.ties[before.leaves + place] ?? 0;
      this.#free[this.#leaves + place] = before.free[before.leaves + place] ?? -NONE;
    }
    for (let node = this.#leaves - 1; node >= 1; node--) this.#updateAbove(2 * node);
  }
}
