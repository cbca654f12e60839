import { type IdentifiedChargeRequest, isSameCharge } from '@gridclock/grid-protocol';
import { LRUCache } from 'lru-cache';
import type { Member } from '../transport/transport.ts';
import type { Placement } from './placement.ts';

export type RequestDeduplicatorOptions = {
  /** How long a placement is remembered, in milliseconds. */
  rememberMs: number;
  /** The maximum number of placements remembered. */
  limit: number;
  /** Milliseconds, from a clock that does not go backwards. */
  now: () => number;
  /** Called when a repeated request shares the placement of an earlier one. */
  onRepeat?: () => void;
};

/**
 * Places each request_id once per process. Concurrent requests with the same id share one placement; later ones
 * get the same session, or continue where the outcome is unknown. Refusals are not remembered: a retry is a new try.
 */
export class RequestDeduplicator {
  readonly #inFlight = new Map<string, { request: IdentifiedChargeRequest; placement: Promise<Placement> }>();
  readonly #placed: LRUCache<string, { request: IdentifiedChargeRequest; placement: Placement }>;
  readonly #onRepeat: () => void;

  constructor({ rememberMs, limit, now, onRepeat = () => {} }: RequestDeduplicatorOptions) {
    this.#onRepeat = onRepeat;
    this.#placed = new LRUCache({ max: limit, ttl: rememberMs, ttlResolution: 0, perf: { now } });
  }

  /**
   * Returns the known placement of a request_id, or else calls `place`. An id that was used for a different
   * request is invalid, with status 409.
   *
   * @param place gets the substation that may have accepted the request before, if any
   */
  async run(
    request: IdentifiedChargeRequest,
    place: (possibleHolder: Member | undefined) => Promise<Placement>,
  ): Promise<Placement> {
    const id = request.request_id;
    const inFlight = this.#inFlight.get(id);
    const placed = this.#placed.get(id);
    const known = inFlight?.request ?? placed?.request;
    if (known !== undefined && !isSameCharge(known, request)) return conflict;
    const accepted = placed?.placement.kind === 'accepted' ? placed.placement : undefined;
    const shared = inFlight?.placement ?? accepted;
    if (shared !== undefined) {
      this.#onRepeat();
      return shared;
    }
    const possibleHolder = placed?.placement.kind === 'unknown' ? placed.placement.member : undefined;
    const placement = place(possibleHolder);
    this.#inFlight.set(id, { request, placement });
    try {
      this.#remember(request, await placement);
      return await placement;
    } finally {
      this.#inFlight.delete(id);
    }
  }

  #remember(request: IdentifiedChargeRequest, placement: Placement): void {
    const hasPossibleHolder = placement.kind === 'unknown' && placement.member !== undefined;
    if (hasPossibleHolder || placement.kind === 'accepted')
      this.#placed.set(request.request_id, { request, placement });
    else this.#placed.delete(request.request_id);
  }
}

const conflict: Placement = {
  kind: 'invalid',
  status: 409,
  body: { error: 'request_id: was used before for a different request', field: 'request_id' },
  hops: 0,
};
