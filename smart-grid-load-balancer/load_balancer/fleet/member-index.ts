import type { Priority } from '@gridclock/grid-protocol';
import { available, availableNow, type Candidate, fits } from './candidate.ts';
import { CostTree } from './cost-tree.ts';
import type { MemberState } from './member-state.ts';

/** What a policy minimizes. */
export type Cost = (candidate: Candidate) => number;

/** 64: with more substations out of the ordinary, an outage, all are looked at as one list. */
const MOST_IRREGULAR = 64;

/**
 * Finds the cheapest substation for a request without looking at all of them.
 *
 * Substations in ordinary state are in a tree. The few others, which are ejected, draining or ramped up, are looked at
 * one by one, because their state changes with time. Times, in milliseconds, are passed in.
 */
export class MemberIndex {
  readonly #cost: Cost;
  readonly #members: ReadonlyMap<string, MemberState>;
  readonly #places = new Map<string, number>();
  readonly #ids: (string | undefined)[] = [];
  readonly #irregular = new Set<string>();
  /** A part of the capacity may be for high priority only. */
  readonly #high = new CostTree();
  readonly #others = new CostTree();

  /** @param members the substations by id; call `update` after each change of one */
  constructor(members: ReadonlyMap<string, MemberState>, cost: Cost) {
    this.#members = members;
    this.#cost = cost;
  }

  /** Adopts a substation's present state. */
  update(id: string, now: number): void {
    const member = this.#members.get(id);
    if (member === undefined) this.#remove(id);
    else if (!member.isOrdinary(now)) this.#exclude(id);
    else {
      this.#irregular.delete(id);
      const place = this.#placeOf(id);
      const high = member.candidate(id, 'high', now);
      const isSame = high.capacity === member.capacityFor('normal');
      const other = isSame ? high : member.candidate(id, 'normal', now);
      this.#high.set(place, this.#cost(high), available(high));
      this.#others.set(place, this.#cost(other), available(other));
    }
  }

  /**
   * Returns the cheapest substation where a request fits, one of several at random.
   *
   * Undefined where all must be looked at: the request fits nowhere, one may have to be probed, or many are out of the
   * ordinary.
   *
   * @param amount in kW
   */
  cheapest(amount: number, priority: Priority, now: number, random: () => number): Candidate | undefined {
    if (this.#irregular.size > MOST_IRREGULAR) return undefined;
    let best = this.#cheapestOrdinary(amount, priority, now, random);
    for (const id of this.#irregular) {
      const member = this.#members.get(id);
      if (member === undefined || member.draining) continue;
      if (member.charges.state(now) === 'half-open') return undefined;
      if (!member.isHealthy(now) || member.estimate.report === undefined) continue;
      const candidate = member.candidate(id, priority, now);
      if (!fits(amount, availableNow(candidate))) continue;
      const isCheaper = best === undefined || this.#cost(candidate) < this.#cost(best);
      if (isCheaper || (best !== undefined && this.#cost(candidate) === this.#cost(best) && random() < 0.5))
        best = candidate;
    }
    return best;
  }

  #cheapestOrdinary(
    amount: number,
    priority: Priority,
    now: number,
    random: () => number,
  ): Candidate | undefined {
    const tree = priority === 'high' ? this.#high : this.#others;
    for (
      let place = tree.cheapest(amount, random);
      place !== undefined;
      place = tree.cheapest(amount, random)
    ) {
      const id = this.#ids[place] ?? '';
      const member = this.#members.get(id);
      if (member?.isOrdinary(now) && member.isHealthy(now)) return member.candidate(id, priority, now);
      // It has not responded for some time.
      this.#exclude(id);
    }
    return undefined;
  }

  #exclude(id: string): void {
    this.#irregular.add(id);
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#high.remove(place);
    this.#others.remove(place);
  }

  #remove(id: string): void {
    this.#exclude(id);
    this.#irregular.delete(id);
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#places.delete(id);
    this.#ids[place] = undefined;
  }

  /** The place of a substation in the trees: its own, or else one that is free. */
  #placeOf(id: string): number {
    const present = this.#places.get(id);
    if (present !== undefined) return present;
    const isFull = this.#places.size === this.#ids.length;
    const place = isFull ? this.#ids.length : this.#ids.indexOf(undefined);
    this.#ids[place] = id;
    this.#places.set(id, place);
    return place;
  }
}
