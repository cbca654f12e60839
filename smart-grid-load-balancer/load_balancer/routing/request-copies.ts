import { LRUCache } from 'lru-cache';
import type { Placement } from './placement.ts';

/** 15 s: copies arrive at most as far apart as this process was blocked. */
const REMEMBER_MS = 15_000;

/** 20,000 placements take at most 20 MB. */
const LIMIT = 20_000;

/**
 * Gives a copy of a request that arrives after the placement of another copy the same placement. Its sender takes the
 * first response for all copies; a copy that was placed separately after a refusal would charge a vehicle although its
 * driver has a refusal. (Concurrent copies share one placement anyway: they have the same request_id.)
 */
export class RequestCopies {
  readonly #placements: LRUCache<string, Placement>;

  /** @param now milliseconds, from a clock that does not go backwards */
  constructor(now: () => number) {
    this.#placements = new LRUCache({ max: LIMIT, ttl: REMEMBER_MS, ttlResolution: 0, perf: { now } });
  }

  /** @param copyId the same for all copies, and unique; undefined for a request that has none */
  place(copyId: string | undefined, place: () => Promise<Placement>): Promise<Placement> {
    return copyId === undefined ? place() : this.#placeCopy(copyId, place);
  }

  async #placeCopy(copyId: string, place: () => Promise<Placement>): Promise<Placement> {
    const known = this.#placements.get(copyId);
    if (known !== undefined) return known;
    const placement = await place();
    // A withdrawn copy says nothing about the others.
    if (placement.kind !== 'withdrawn') this.#placements.set(copyId, placement);
    return placement;
  }
}
