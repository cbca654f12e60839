import type { ChargeAccepted, DispatchOrder, SubstationChargeRequest } from '@gridclock/grid-protocol';
import { LRUCache } from 'lru-cache';

/** An accepted request: what was asked and what was answered. */
export type RememberedCharge = { request: SubstationChargeRequest; answer: ChargeAccepted };

export type RequestMemoryOptions = {
  /** How long an ended session's request is remembered, in milliseconds. */
  rememberMs: number;
  /** How many ended requests are remembered at most, and how many refusals. */
  limit: number;
  /** Milliseconds, from a clock that does not go backwards. */
  now: () => number;
};

/**
 * What a substation remembers by request_id, so that asking twice charges once.
 *
 * An accepted request is remembered while its session runs and for some time after. A refused one may be
 * tried again later, but only by a message that was sent later: a copy of the refused message that was held up
 * on the way must not be accepted when its sender has long found another place.
 */
export class RequestMemory {
  readonly #running = new Map<string, RememberedCharge>();
  readonly #ended: LRUCache<string, RememberedCharge>;
  readonly #refusedUpTo: LRUCache<string, DispatchOrder>;

  constructor({ rememberMs, limit, now }: RequestMemoryOptions) {
    const bounds = { max: limit, ttl: rememberMs, ttlResolution: 0, perf: { now } };
    this.#ended = new LRUCache(bounds);
    this.#refusedUpTo = new LRUCache(bounds);
  }

  /** Undefined for one that was never accepted, or is forgotten. */
  find(requestId: string): RememberedCharge | undefined {
    return this.#running.get(requestId) ?? this.#ended.get(requestId);
  }

  /** The request's session runs: it is not forgotten until `ended`. */
  accepted(requestId: string, charge: RememberedCharge): void {
    this.#running.set(requestId, charge);
    this.#refusedUpTo.delete(requestId);
  }

  /** The request's session is over; from now on it may be forgotten. */
  ended(requestId: string): void {
    const charge = this.#running.get(requestId);
    if (charge === undefined) return;
    this.#running.delete(requestId);
    this.#ended.set(requestId, charge);
  }

  /** From now on, messages up to and including `order` are too late. */
  refused(requestId: string, order: DispatchOrder): void {
    const known = this.#refusedUpTo.get(requestId);
    if (known === undefined || isAfter(order, known)) this.#refusedUpTo.set(requestId, order);
  }

  /** Whether a later message about the request was refused before. */
  isTooLate(requestId: string, order: DispatchOrder): boolean {
    const refused = this.#refusedUpTo.get(requestId);
    return refused !== undefined && !isAfter(order, refused);
  }
}

function isAfter(a: DispatchOrder, b: DispatchOrder): boolean {
  return a.round > b.round || (a.round === b.round && a.attempt > b.attempt);
}
