import type { IdentifiedChargeRequest, RequestHistory } from '@gridclock/grid-protocol';
import { available, fits } from '../fleet/candidate.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { GridView } from '../fleet/grid-view.ts';
import type { Policy } from '../policies/policy.ts';
import type { Member, Transport } from '../transport/transport.ts';
import { type AskOptions, askSubstation } from './ask-substation.ts';
import type { DecisionFeed } from './decision-feed.ts';
import { createFirstRoundNumbers, DispatchRound, type RoundLimits } from './dispatch-round.ts';
import { HarmlessRounds } from './harmless-rounds.ts';
import { findHolder, type HolderSearchOptions } from './holder-search.ts';
import { isDefiniteNo, type Placement } from './placement.ts';
import type { PossibleHolder } from './request-records.ts';
import { routingOrder } from './routing-order.ts';

export type DispatcherOptions = Omit<AskOptions & HolderSearchOptions, 'fleet' | 'transport'> & {
  view: GridView;
  fleet: Pick<Fleet, 'members' | 'find' | 'chargeFailed'>;
  transport: Pick<Transport, 'charge' | 'lookup'>;
  policy: Policy;
  /** How many substations one request asks at most. */
  maxHops: number;
  /** Returns the substations that have left the grid, may return, and are large enough for a request, in kW. */
  departedFor: (amount: number) => string[];
  /** Learns why each request went where; nobody by default. */
  decisions?: Pick<DecisionFeed, 'considering' | 'asked'>;
  /** Returns a larger number with every call, also across restarts. See `createRoundNumbers`. */
  nextRound: () => number;
};

/**
 * Finds a substation for each request: at most one charges the vehicle.
 *
 * A capacity refusal is a definite no: the next substation is asked. A lost response is not: the substation may
 * have accepted, so until it responds no other substation is asked.
 *
 * Exactly-once charging on a network that loses, delays and repeats messages rests on four mechanisms:
 *
 * - Idempotency: a substation gives the same response to the same request_id (its request memory).
 * - Memory: the balancer records which substation it asks before it does. Only that one can have the request, unless
 *   another balancer has handled it since, so it is looked up there first. With DATA_DIR, the record outlives a restart,
 *   as do a substation's sessions with its own DATA_DIR.
 * - Lookup: when it does not remember, as beside another balancer, it asks all substations first. Each remembers the
 *   lookup, so that another balancer learns from any of them that the id has been handled. An id that was generated for
 *   this message needs no lookup.
 * - Fencing: every message carries its round and attempt. A substation that refused a request, or reported
 *   it as unknown, rejects all earlier messages about it, so a delayed message does no harm.
 *
 * So a request is placed elsewhere only once the substation that may have accepted it has said that it has not. What
 * remains, where the substation that accepted is cut off and the client repeats the id through a charge service that has
 * not seen it: a balancer without a record of the request places it elsewhere if no substation that answers it had
 * answered the lookup of the first balancer, or remembers it (10 minutes; without DATA_DIR, until it restarts).
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #harmless: HarmlessRounds;
  readonly #nextFirstRound = createFirstRoundNumbers();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#harmless = new HarmlessRounds(options.scheduler.now);
  }

  /**
   * Finds the request's existing session, or else a substation that accepts it.
   *
   * @param history what is known about the request_id
   * @param possibleHolder what this balancer remembers of an earlier attempt whose outcome is unknown
   */
  async place(
    request: IdentifiedChargeRequest,
    history: RequestHistory,
    limits: RoundLimits,
    possibleHolder?: PossibleHolder,
  ): Promise<Placement> {
    const round = this.#newRound(request, possibleHolder === undefined ? history : 'repeated', limits);
    const existing = await this.#existingPlacement(round, history, possibleHolder);
    const { decisions, scheduler, view } = this.#options;
    if (existing === undefined)
      decisions?.considering(request, () => view.candidates(request.priority, scheduler.now()));
    const placement = existing ?? (await this.#findSubstation(round, possibleHolder?.member));
    decisions?.asked(request, round.asked);
    if (history !== 'new' && isDefiniteNo(placement)) this.#settle(round);
    return orWithdrawn(round, placement);
  }

  /** Finds where the request was, or may have been, accepted before. Resolves to undefined when nowhere. */
  async findExisting(
    request: IdentifiedChargeRequest,
    history: RequestHistory,
    limits: RoundLimits,
    possibleHolder?: PossibleHolder,
  ): Promise<Placement | undefined> {
    const round = this.#newRound(request, possibleHolder === undefined ? history : 'repeated', limits);
    const existing = await this.#existingPlacement(round, history, possibleHolder);
    if (existing === undefined) this.#harmless.add(request.request_id, round.number);
    return existing && orWithdrawn(round, existing);
  }

  /**
   * Remembers that a round has charged no vehicle. While a substation is silent, the others learn it too: another balancer
   * would take their fences for a sign that the silent one may have the request.
   */
  #settle(round: DispatchRound): void {
    const { fleet, requestTimeoutMs, transport } = this.#options;
    const { lookedUp, number, request } = round;
    this.#harmless.add(request.request_id, number);
    if (fleet.members.every(({ id }) => lookedUp.has(id))) return;
    const lookup = { request_id: request.request_id, dispatch: round.nextOrder(), settled: true } as const;
    // Nobody waits: where the message gets lost, only the other balancer's search takes longer.
    for (const member of fleet.members)
      if (lookedUp.has(member.id)) void transport.lookup(member, lookup, requestTimeoutMs);
  }

  #newRound(request: IdentifiedChargeRequest, history: RequestHistory, limits: RoundLimits): DispatchRound {
    const { nextRound, scheduler } = this.#options;
    const round = history === 'new' ? this.#nextFirstRound() : nextRound();
    return new DispatchRound(request, round, scheduler.now(), limits);
  }

  async #existingPlacement(
    round: DispatchRound,
    history: RequestHistory,
    possibleHolder?: PossibleHolder,
  ): Promise<Placement | undefined> {
    const { fleet } = this.#options;
    const holder = possibleHolder?.member;
    // By its id: another substation may have its former address.
    if (holder !== undefined && fleet.find(holder.id) === undefined) {
      const reason = `${holder.id} may have accepted it and is not in the grid at present`;
      return { kind: 'unknown', member: holder, sent: false, reason, hops: 0 };
    }
    if (holder === undefined && history === 'new') return undefined;
    const { request_id } = round.request;
    const result = await findHolder(this.#options, round, {
      // What this balancer remembers says more than what the sender does.
      history: holder === undefined && history === 'repeated' ? 'repeated' : 'unseen',
      isHarmless: (number) =>
        this.#harmless.has(request_id, number) || (possibleHolder?.rounds.includes(number) ?? false),
      possibleHolder: holder?.id,
    });
    switch (result.kind) {
      case 'not-found':
        round.lookedUp = result.answered;
        return undefined;
      case 'found':
        // Send the whole request: only the substation can check that the id stands for the same charge.
        return this.#ask(round, result.member, true);
      case 'unknown':
        // Nothing was sent; a sign that the id has been handled before must stay one.
        if (!result.isRepeated) this.#harmless.add(request_id, round.number);
        return {
          kind: 'unknown',
          member: holder,
          sent: false,
          reason: result.reason,
          hops: round.hops,
        };
    }
  }

  /** @param answering a substation that has just answered: it is asked last although the view may count it out */
  async #findSubstation(round: DispatchRound, answering: Member | undefined): Promise<Placement> {
    const { scheduler, fleet, maxHops, policy, random, view } = this.#options;
    const { charge_amount, priority } = round.request;
    const first = view.cheapest(charge_amount, priority, scheduler.now(), random);
    const chosen = first && !round.asked.has(first.id) ? fleet.find(first.id) : undefined;
    // It nearly always accepts; then the others need not be looked at.
    const atOnce = chosen && round.hops < maxHops ? await this.#ask(round, chosen, false) : undefined;
    if (atOnce !== undefined) return atOnce;
    const candidates = view.candidates(priority, scheduler.now()).filter(({ id }) => !round.asked.has(id));
    for (const candidate of candidates) if (candidate.capacity > 0) round.recordHeadroom(candidate);
    for (const candidate of routingOrder(candidates, charge_amount, policy, random)) {
      const member = fleet.find(candidate.id);
      if (member === undefined) continue;
      // Another request was refused there since this one arrived: that answers this one too.
      const full = view.knownFull(member.id, charge_amount, priority, round.startedAt);
      if (full !== undefined) round.recordHeadroom(full);
      else if (round.hops < maxHops) {
        const placement = await this.#ask(round, member, false);
        if (placement !== undefined) return placement;
      } else if (fits(charge_amount, available(candidate))) round.leaveUnasked(member.id);
      else break;
    }
    const last = answering && fleet.find(answering.id);
    const mayAskLast = last !== undefined && !round.asked.has(last.id) && round.hops < maxHops;
    return (mayAskLast ? await this.#ask(round, last, false) : undefined) ?? this.#refusal(round);
  }

  /** Says why no substation accepted: the request is too large, the grid is full, or part of it is unknown. */
  #refusal(round: DispatchRound): Placement {
    const { departedFor, hasUncontactedReplicas, scheduler, view } = this.#options;
    const { charge_amount, priority } = round.request;
    const { hops } = round;
    const uncontacted = hasUncontactedReplicas();
    const largestCapacity = uncontacted ? undefined : view.largestCapacity(priority);
    const isTooLarge =
      largestCapacity !== undefined && view.ids.length > 0 && !fits(charge_amount, largestCapacity);
    const departed = isTooLarge ? departedFor(charge_amount) : [];
    if (isTooLarge && departed.length === 0) return { kind: 'too-large', largestCapacity, hops };
    const silent = [
      ...view.unknownRoom(charge_amount, priority, round.unreachable, scheduler.now()),
      ...departed,
    ];
    return round.refusal(uncontacted ? [...silent, 'replicas that have not responded yet'] : silent);
  }

  /** Asks one substation. Resolves to undefined when the next one may be asked. */
  async #ask(round: DispatchRound, member: Member, mayBeCharging: boolean): Promise<Placement | undefined> {
    const { view } = this.#options;
    const loadBefore = view.loadOf(member.id);
    const result = await askSubstation(this.#options, round, member, mayBeCharging);
    const { hops } = round;
    switch (result.kind) {
      case 'accepted':
        return { kind: 'accepted', acceptance: result.acceptance, member, loadBefore, hops };
      case 'full':
        round.recordRefusal(member.id, result.refusal);
        return undefined;
      case 'draining':
        round.exclude(member.id);
        return undefined;
      case 'unreachable':
        round.lose(member.id);
        return undefined;
      case 'overloaded':
        round.lose(member.id);
        // Beyond the budget, asking further ones would spread the overload.
        return this.#options.retryBudget.tryRetry() ? undefined : this.#refusal(round);
      case 'expired':
        return { kind: 'expired', hops };
      case 'unknown':
        return { kind: 'unknown', member, sent: true, reason: result.reason, hops };
      case 'superseded': {
        const reason = 'another balancer is placing the request';
        return { kind: 'unknown', member: undefined, sent: true, reason, hops };
      }
      case 'invalid':
        return { kind: 'invalid', status: result.status, body: result.body, hops };
    }
  }
}

/** A placement that was given up because nobody waits for it any more is no outage. */
function orWithdrawn({ withdrawn }: DispatchRound, placement: Placement): Placement {
  const { hops, kind } = placement;
  if (!withdrawn.aborted || (kind !== 'unknown' && kind !== 'expired')) return placement;
  return { kind: 'withdrawn', member: kind === 'unknown' ? placement.member : undefined, hops };
}
