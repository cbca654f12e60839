import {
  type CapacityRefusal,
  type DispatchOrder,
  type IdentifiedChargeRequest,
  MAX_ATTEMPTS,
} from '@gridclock/grid-protocol';
import type { CancelSignal } from '@gridclock/service-kit/cancellation';
import { available, type Candidate } from '../fleet/candidate.ts';
import type { Headroom, Placement } from './placement.ts';

/** 20 ms: a busy substation responds within that time; with less left, its answer would come too late. */
const SHORTEST_HOP_MS = 20;

/** When to give a request up. */
export type RoundLimits = {
  /** When the sender gives up, by the view's clock. */
  deadline: number;
  /** Aborts when nobody waits for the response any more. */
  withdrawn: CancelSignal;
  /** How many messages may go to substations that do not answer: MAX_ATTEMPTS by default. */
  attempts?: number | undefined;
};

/** Why substations have not accepted a request. */
type Refusals = {
  headroom: Map<string, Headroom>;
  /** Those that refused this very request for lack of capacity. */
  refused: Set<string>;
  unreachable: Set<string>;
  unasked: string[];
};

const none: ReadonlySet<string> = new Set();

/** One round of dispatching one request: the substations asked and the free capacity they reported. */
export class DispatchRound {
  readonly request: IdentifiedChargeRequest;
  readonly startedAt: number;
  readonly deadline: number;
  readonly withdrawn: CancelSignal;
  readonly asked = new Set<string>();
  /** The substations that have answered the lookup of this round. */
  lookedUp: ReadonlySet<string> = none;
  /** Its number among all rounds about this request. */
  readonly number: number;
  readonly #maxRetries: number;
  #retries = 0;
  #messages = 0;
  /** Created for the first refusal: usually the first substation accepts. */
  #refusals: Refusals | undefined;

  /**
   * @param round from `createRoundNumbers`
   * @param startedAt milliseconds, of the view's clock
   */
  constructor(request: IdentifiedChargeRequest, round: number, startedAt: number, limits: RoundLimits) {
    this.request = request;
    this.startedAt = startedAt;
    this.deadline = limits.deadline;
    this.withdrawn = limits.withdrawn;
    this.number = round;
    this.#maxRetries = (limits.attempts ?? MAX_ATTEMPTS) - 1;
  }

  /** The substations asked to which no connection was made. */
  get unreachable(): ReadonlySet<string> {
    return this.#refusals?.unreachable ?? none;
  }

  /** The number of substations asked. */
  get hops(): number {
    return this.asked.size;
  }

  /**
   * Returns how long the next message may take, in milliseconds; undefined when it could not be finished in time, or
   * when nobody waits for the outcome.
   *
   * @param limitMs the limit for any message
   */
  timeoutOf(limitMs: number, now: number): number | undefined {
    const leftMs = this.withdrawn.aborted ? 0 : this.deadline - now;
    return leftMs < SHORTEST_HOP_MS ? undefined : Math.min(limitMs, leftMs);
  }

  /**
   * Returns whether one more message may follow those without an answer, wherever it goes, and counts it.
   *
   * @param replacesConnection whether the last message was lost on a dead connection: then one retry is always allowed
   */
  takeRetry(replacesConnection: boolean): boolean {
    const limit = replacesConnection ? Math.max(1, this.#maxRetries) : this.#maxRetries;
    if (this.#retries >= limit) return false;
    this.#retries += 1;
    return true;
  }

  /** Returns the position of the next message among all messages about this request. */
  nextOrder(): DispatchOrder {
    const order = { round: this.number, attempt: this.#messages };
    this.#messages += 1;
    return order;
  }

  /** Records a substation's free capacity by the view. */
  recordHeadroom(candidate: Candidate): void {
    const { capacity, id, load } = candidate;
    this.#known().headroom.set(id, { load, capacity, available: Math.max(0, available(candidate)) });
  }

  /** Records a substation's free capacity by its refusal, which is more recent. */
  recordRefusal(id: string, { available_capacity, current_load, max_capacity }: CapacityRefusal): void {
    const headroom = { load: current_load, capacity: max_capacity, available: available_capacity };
    this.#known().headroom.set(id, headroom);
    this.#known().refused.add(id);
  }

  /** Leaves a substation that accepts no sessions out of the refusal. */
  exclude(id: string): void {
    this.#refusals?.headroom.delete(id);
  }

  /** Leaves a substation without a connection out of the refusal: nothing is known of its capacity now. */
  lose(id: string): void {
    this.exclude(id);
    this.#known().unreachable.add(id);
  }

  /** Records a substation with room by the view that was not asked, because the request has asked enough others. */
  leaveUnasked(id: string): void {
    this.#known().unasked.push(id);
  }

  /**
   * Returns the placement for the case that no substation is left to ask.
   *
   * @param silent the substations that do not respond and may have room
   */
  refusal(silent: readonly string[]): Placement {
    const { hops } = this;
    const { headroom, refused, unasked } = this.#known();
    // An ejected substation that refused this request has answered it.
    const unknown = [...silent.filter((id) => !refused.has(id)), ...unasked];
    const all = [...headroom.values()].sort((a, b) => b.available - a.available);
    const [roomiest] = all;
    if (roomiest === undefined) return { kind: 'unavailable', hops };
    const largestCapacity = Math.max(...all.map(({ capacity }) => capacity));
    const refusal = { roomiest, largestCapacity, hops };
    return unknown.length > 0
      ? { kind: 'capacity-unknown', unknown, ...refusal }
      : { kind: 'full', ...refusal };
  }

  #known(): Refusals {
    this.#refusals ??= { headroom: new Map(), refused: new Set(), unreachable: new Set(), unasked: [] };
    return this.#refusals;
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

/**
 * Creates a generator of the numbers of rounds about ids that no one has used before. They are below those of
 * `createRoundNumbers`: whatever the clocks of two balancers say, a repetition that another one handles comes later.
 */
export function createFirstRoundNumbers(): () => number {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
}
