import { type IdentifiedChargeRequest, isSameCharge } from '@gridclock/grid-protocol';
import { LRUCache } from 'lru-cache';
import type { Member } from '../transport/transport.ts';
import type { Placement } from './placement.ts';

export type OncePerRequestOptions = {
  /** How long an outcome is remembered, in milliseconds. */
  rememberMs: number;
  /** How many outcomes are remembered at most. */
  limit: number;
  /** Milliseconds, from a clock that does not go backwards. */
  now: () => number;
  /** A request came again and was answered without a search of its own. */
  onRepeat?: () => void;
};

type Outcome = { request: IdentifiedChargeRequest; placement: Placement };

/**
 * Sees to it that within this process one request_id is placed once: the same id at the same time shares one
 * search, afterwards it gets the same session, and where the outcome is open the search goes on where it stopped.
 * A refusal is not remembered, so that trying again later is a new try.
 */
export class OncePerRequest {
  readonly #searching = new Map<
    string,
    { request: IdentifiedChargeRequest; placement: Promise<Placement> }
  >();
  readonly #outcomes: LRUCache<string, Outcome>;
  readonly #onRepeat: () => void;

  constructor({ rememberMs, limit, now, onRepeat = () => {} }: OncePerRequestOptions) {
    this.#onRepeat = onRepeat;
    this.#outcomes = new LRUCache({ max: limit, ttl: rememberMs, ttlResolution: 0, perf: { now } });
  }

  /** @param place searches; gets the substation that may have accepted the request before, if any */
  async run(
    request: IdentifiedChargeRequest,
    place: (openAt: Member | undefined) => Promise<Placement>,
  ): Promise<Placement> {
    const id = request.request_id;
    const searching = this.#searching.get(id);
    const outcome = this.#outcomes.get(id);
    const known = searching?.request ?? outcome?.request;
    if (known !== undefined && !isSameCharge(known, request)) return conflict;
    const settled = outcome?.placement.kind === 'accepted' ? outcome.placement : undefined;
    const answer = searching?.placement ?? settled;
    if (answer !== undefined) {
      this.#onRepeat();
      return answer;
    }
    const openAt = outcome?.placement.kind === 'unknown' ? outcome.placement.member : undefined;
    const placement = place(openAt);
    this.#searching.set(id, { request, placement });
    try {
      this.#remember(request, await placement);
      return await placement;
    } finally {
      this.#searching.delete(id);
    }
  }

  #remember(request: IdentifiedChargeRequest, placement: Placement): void {
    const isOpen = placement.kind === 'unknown' && placement.member !== undefined;
    if (isOpen || placement.kind === 'accepted')
      this.#outcomes.set(request.request_id, { request, placement });
    else this.#outcomes.delete(request.request_id);
  }
}

const conflict: Placement = {
  kind: 'rejected',
  status: 409,
  body: { error: 'request_id: was used before for a different request', field: 'request_id' },
  hops: 0,
};
