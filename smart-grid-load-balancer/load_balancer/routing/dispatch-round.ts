import type { DispatchOrder, IdentifiedChargeRequest } from '@gridclock/grid-protocol';
import type { Headroom, Placement } from './placement.ts';

/** One round of dispatching one request: the substations asked and the free capacity they reported. */
export class DispatchRound {
  readonly request: IdentifiedChargeRequest;
  readonly asked = new Set<string>();
  readonly #round: number;
  #messages = 0;
  readonly #headroom = new Map<string, Headroom>();

  /** @param round from `createRoundNumbers` */
  constructor(request: IdentifiedChargeRequest, round: number) {
    this.request = request;
    this.#round = round;
  }

  /** The number of substations asked. */
  get hops(): number {
    return this.asked.size;
  }

  /** Returns the position of the next message among all messages about this request. */
  nextOrder(): DispatchOrder {
    const order = { round: this.#round, attempt: this.#messages };
    this.#messages += 1;
    return order;
  }

  /** Records a substation's free capacity, from the view or, more recent, from its refusal. */
  recordHeadroom(id: string, headroom: Headroom): void {
    this.#headroom.set(id, headroom);
  }

  /** Leaves a substation that cannot be asked out of the refusal. */
  exclude(id: string): void {
    this.#headroom.delete(id);
  }

  /** Returns the placement for the case that no substation is left to ask. */
  refusal(): Placement {
    const { hops } = this;
    const all = [...this.#headroom.values()].sort((a, b) => b.available - a.available);
    const [roomiest] = all;
    if (roomiest === undefined) return { kind: 'unavailable', hops };
    const largestCapacity = Math.max(...all.map(({ capacity }) => capacity));
    return { kind: 'full', roomiest, largestCapacity, hops };
  }
}

/**
 * Creates a generator of round numbers. They increase with every call and, because they follow the wall clock,
 * across restarts. Two balancers draw the same number with a probability of 1 in 1000 within one millisecond.
 *
 * @param wallClock milliseconds since 1970
 * @param random uniform in [0, 1)
 */
export function createRoundNumbers(wallClock: () => number, random: () => number): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, wallClock() * 1000 + Math.floor(random() * 1000));
    return last;
  };
}
