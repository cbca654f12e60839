import type { CapacityRefusal, IdentifiedChargeRequest, RequestHistory } from '@gridclock/grid-protocol';
import type { Fleet } from '../fleet/fleet.ts';
import { available, type Policy } from '../policies/policy.ts';
import type { Member, Transport } from '../transport/transport.ts';
import { type AskOptions, askSubstation } from './ask-substation.ts';
import { findRequest } from './find-request.ts';
import type { Placement, Room } from './placement.ts';
import { routingOrder } from './routing-order.ts';
import { Search } from './search.ts';

export type DispatcherOptions = AskOptions & {
  fleet: Pick<Fleet, 'members' | 'find' | 'failed'>;
  /** Whether there may be a substation with sessions that the fleet does not have yet. */
  unheard: () => boolean;
  transport: Pick<Transport, 'charge' | 'lookup'>;
  policy: Policy;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Larger with every call, also across restarts and, nearly always, across balancers. */
  nextRound: () => number;
};

/**
 * Finds a place for requests. A refusal for want of capacity is a definite no, and the next substation is
 * asked. A lost answer is none: as long as the one that was asked stays silent no other is, because the vehicle
 * may be charging there.
 *
 * How a vehicle is charged once only, whatever is lost or restarted:
 *
 * - A substation answers the same request_id the same way (request-memory.ts there).
 * - The balancer remembers which substation a request_id may be at, and asks that one again.
 * - What it cannot remember, because it was restarted or another balancer was asked, it asks all substations
 *   for, side by side, before it dispatches. An id made up for this very message is not asked for: nobody can
 *   know it. So the usual request costs nothing more, and one with a client's own key one question to each.
 * - A message held up on the way does no harm when it arrives after all: every message carries its round and
 *   attempt, and a substation that has refused, or said that it does not know, refuses what was sent before.
 *
 * Two cases are left, both of a balancer that has lost its memory while a substation that has accepted is cut off. The
 * vehicle is placed anew where that substation's name or address is not found any more, because a stopped container is
 * no more found either; and where the client asks again through a charge service that has not seen its id, because who
 * uses an id for the first time is not kept waiting for a substation that is ejected.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /**
   * @param history what is known of the request_id
   * @param openAt the substation that may have accepted it before, where this balancer knows it
   */
  async place(
    request: IdentifiedChargeRequest,
    history: RequestHistory,
    openAt?: Member,
  ): Promise<Placement> {
    const search = new Search(request, this.#options.nextRound());
    return (await this.#recall(search, history, openAt)) ?? this.#search(search);
  }

  /** Where the request has been accepted before, or may have been, as `place` finds it; undefined: nowhere. */
  recall(
    request: IdentifiedChargeRequest,
    history: RequestHistory,
    openAt?: Member,
  ): Promise<Placement | undefined> {
    return this.#recall(new Search(request, this.#options.nextRound()), history, openAt);
  }

  async #recall(search: Search, history: RequestHistory, openAt?: Member): Promise<Placement | undefined> {
    if (openAt !== undefined) return this.#ask(search, openAt, true);
    if (history === 'new') return undefined;
    const { clock, fleet, transport, unheard, view } = this.#options;
    const allHeard = !unheard();
    // Where the id is most probably new, a substation that has been silent for long is not waited for.
    const skipped = (id: string) => history === 'unseen' && view.isEjected(id, clock.now());
    const members = fleet.members.filter(({ id }) => !skipped(id));
    const { request_id } = search.request;
    const finding = await findRequest(transport, members, { request_id, dispatch: search.nextOrder() });
    switch (finding.kind) {
      case 'nowhere': {
        if (allHeard || history === 'unseen') return undefined;
        const reason = 'not every substation has been heard yet';
        return { kind: 'unknown', member: undefined, sent: false, reason, hops: search.hops };
      }
      case 'found':
        // Asked once more with the whole request, because it alone can tell whether that is the same one.
        return this.#ask(search, finding.member, true);
      case 'silent':
        fleet.failed(finding.member.id, finding.reason);
        return { kind: 'unknown', member: undefined, sent: false, reason: finding.reason, hops: search.hops };
    }
  }

  async #search(search: Search): Promise<Placement> {
    const { clock, fleet, policy, random, view } = this.#options;
    const { charge_amount, priority } = search.request;
    const candidates = view.candidates(priority, clock.now()).filter(({ id }) => !search.asked.has(id));
    for (const candidate of candidates) {
      const { capacity, id, load } = candidate;
      // Where nothing is known, nothing is promised.
      if (capacity > 0) search.noteRoom(id, { load, capacity, available: Math.max(0, available(candidate)) });
    }
    for (const { id } of routingOrder(candidates, charge_amount, policy, random)) {
      const member = fleet.find(id);
      if (member === undefined) continue;
      const settled = await this.#ask(search, member, false);
      if (settled !== undefined) return settled;
    }
    return search.nowhere();
  }

  /** What became of the request there, or undefined when the next substation is to be asked. */
  async #ask(search: Search, member: Member, mayBeCharging: boolean): Promise<Placement | undefined> {
    const loadBefore = this.#load(member);
    const verdict = await askSubstation(this.#options, search, member, mayBeCharging);
    const { hops } = search;
    switch (verdict.kind) {
      case 'accepted':
        return { kind: 'accepted', answer: verdict.answer, member, loadBefore, hops };
      case 'full':
        search.noteRoom(member.id, roomIn(verdict.refusal));
        return undefined;
      case 'draining':
      case 'absent':
        search.noteAbsent(member.id);
        return undefined;
      case 'unknown':
        return { kind: 'unknown', member, sent: true, reason: verdict.reason, hops };
      case 'superseded':
        return {
          kind: 'unknown',
          member: undefined,
          sent: true,
          reason: 'another balancer is placing it',
          hops,
        };
      case 'rejected':
        return { kind: 'rejected', status: verdict.status, body: verdict.body, hops };
    }
  }

  #load({ id }: Member): number {
    const { clock, view } = this.#options;
    return view.describe(id, clock.now())?.load ?? 0;
  }
}

function roomIn({ available_capacity, current_load, max_capacity }: CapacityRefusal): Room {
  return { load: current_load, capacity: max_capacity, available: available_capacity };
}
