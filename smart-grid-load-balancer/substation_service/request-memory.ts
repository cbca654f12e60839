import type { ChargeAccepted, DispatchOrder, SubstationChargeRequest } from '@gridclock/grid-protocol';
import { LRUCache } from 'lru-cache';

/** An accepted request and its response. */
export type AcceptedCharge = { request: SubstationChargeRequest; response: ChargeAccepted };

export type RequestMemoryOptions = {
  /** How long the request of an ended session is remembered, in milliseconds. */
  rememberMs: number;
  /** The maximum number of remembered requests of ended sessions, and of remembered rejections. */
  limit: number;
  /** Monotonic, in milliseconds. */
  now: () => number;
};

/**
 * Makes charging idempotent: remembers requests by request_id, so that a repeated request charges once.
 *
 * It remembers an accepted request while its session is running and `rememberMs` longer. For a rejected request
 * it remembers a fence, the dispatch order of the rejected message: its sender may since have found another
 * substation, so a delayed copy must not be accepted. Only a message with a later order may.
 */
export class RequestMemory {
  readonly #running = new Map<string, AcceptedCharge>();
  readonly #ended: LRUCache<string, AcceptedCharge>;
  readonly #fences: LRUCache<string, DispatchOrder>;

  constructor({ rememberMs, limit, now }: RequestMemoryOptions) {
    const bounds = { max: limit, ttl: rememberMs, ttlResolution: 0, perf: { now } };
    this.#ended = new LRUCache(bounds);
    this.#fences = new LRUCache(bounds);
  }

  /** Returns undefined if the request was never accepted or has been forgotten. */
  find(requestId: string): AcceptedCharge | undefined {
    return this.#running.get(requestId) ?? this.#ended.get(requestId);
  }

  /** Records a request whose session has started. It is kept until `recordEnd`. */
  recordStart(requestId: string, charge: AcceptedCharge): void {
    this.#running.set(requestId, charge);
    this.#fences.delete(requestId);
  }

  /** Records that the request's session has ended, so that it may be forgotten. */
  recordEnd(requestId: string): void {
    const charge = this.#running.get(requestId);
    if (charge === undefined) return;
    this.#running.delete(requestId);
    this.#ended.set(requestId, charge);
  }

  /** Fences off all messages about the request up to and including `order`. */
  fence(requestId: string, order: DispatchOrder): void {
    const fence = this.#fences.get(requestId);
    if (fence === undefined || isAfter(order, fence)) this.#fences.set(requestId, order);
  }

  /** Whether a message about the request is behind its fence. */
  isFenced(requestId: string, order: DispatchOrder): boolean {
    const fence = this.#fences.get(requestId);
    return fence !== undefined && !isAfter(order, fence);
  }
}

function isAfter(a: DispatchOrder, b: DispatchOrder): boolean {
  return a.round > b.round || (a.round === b.round && a.attempt > b.attempt);
}
