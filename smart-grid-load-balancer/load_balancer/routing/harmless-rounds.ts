import { LRUCache } from 'lru-cache';

/** 10 minutes, as long as substations remember what they rejected; 50,000 requests take at most 10 MB. */
const REMEMBER_MS = 600_000;
const LIMIT = 50_000;

/** A client retries a few times; of further rounds, the earliest are forgotten, which only costs availability. */
const ROUNDS = 10;

/**
 * Remembers the rounds of this balancer that charged no vehicle for certain. Their fences at the substations are no sign
 * that another balancer has handled the request_id.
 */
export class HarmlessRounds {
  readonly #rounds: LRUCache<string, readonly number[]>;

  /** @param now milliseconds, from a clock that does not go backwards */
  constructor(now: () => number) {
    this.#rounds = new LRUCache({ max: LIMIT, ttl: REMEMBER_MS, ttlResolution: 0, perf: { now } });
  }

  add(requestId: string, round: number): void {
    this.#rounds.set(requestId, [...(this.#rounds.get(requestId) ?? []), round].slice(-ROUNDS));
  }

  has(requestId: string, round: number): boolean {
    return this.#rounds.get(requestId)?.includes(round) ?? false;
  }
}
