import type { Priority } from '@gridclock/grid-protocol';
import type { LoadReport, PollReport } from '../transport/substation-report.ts';
import { available, type Candidate, fits } from './candidate.ts';
import { chooseCandidates } from './choose-candidates.ts';
import type { Reservation } from './load-estimate.ts';
import { type Cost, MemberIndex } from './member-index.ts';
import { MemberState, type MemberStateOptions, type MemberView } from './member-state.ts';
import type { RequestCount } from './slow-start.ts';
import { SubstationIdentities } from './substation-identities.ts';

/**
 * One balancer's estimate of every substation's load, capacity and health. It guides routing; only a substation
 * itself admits requests, so a stale view costs a hop and never overloads anyone.
 *
 * Pure: it has no clock and no network. Events and times, in milliseconds, are passed in.
 */
export class GridView {
  readonly #options: MemberStateOptions;
  readonly #members = new Map<string, MemberState>();
  readonly #requests: RequestCount = { total: 0 };
  readonly #identities = new SubstationIdentities((id) => this.#members.get(id)?.polls.kind === 'up');
  #index: MemberIndex | undefined;
  #firstPolledAt: number | undefined;
  /** True some time after the first poll: a substation that joins later is a newcomer. */
  #inService = false;

  /** @param cost what the policy minimizes, if that is one figure of a substation */
  constructor(options: MemberStateOptions, cost?: Cost) {
    this.#options = options;
    this.#index = cost && new MemberIndex(this.#members, cost);
  }

  /** Adopts what another policy minimizes; undefined if it has to see all candidates. */
  minimize(cost: Cost | undefined, now: number): void {
    this.#index = cost && new MemberIndex(this.#members, cost);
    for (const id of this.#members.keys()) this.#index?.update(id, now);
  }

  get ids(): string[] {
    return [...this.#members.keys()];
  }

  add(id: string): void {
    if (!this.#members.has(id))
      this.#members.set(id, new MemberState(this.#options, this.#requests, this.#inService));
  }

  remove(id: string): void {
    this.#members.delete(id);
    this.#identities.removed(id);
    this.#index?.update(id, 0);
  }

  /** Applies the report of a poll that started at `startedAt`. */
  polled(id: string, report: PollReport, startedAt: number, now: number): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    this.#firstPolledAt ??= now;
    this.#inService ||= now - this.#firstPolledAt > this.#options.rampMs;
    const { capacity, draining = false, life, load, reserve } = report;
    this.#identities.reported(id, life);
    member.estimate.reported({ load, capacity, reserve }, startedAt);
    member.draining = draining;
    member.seen(now);
    this.#index?.update(id, now);
  }

  /** Returns the member that represents the same substation in its place, if this one is another name of it. */
  sameAs(id: string): string | undefined {
    return this.#identities.sameAs(id);
  }

  /**
   * Counts a request before it is sent. Conclude it with `accepted`, `refused`, `released` or `unresolved`.
   *
   * @param amount in kW
   */
  sent(substationId: string, amount: number, now: number): Reservation {
    const reservation = { substationId, amount, sentAt: now };
    const member = this.#members.get(substationId);
    member?.estimate.sent(reservation);
    this.#requests.total += 1;
    member?.sent(now);
    this.#index?.update(substationId, now);
    return reservation;
  }

  /** @param report the load in the response; undefined where the response is a replay, whose load is outdated */
  accepted(reservation: Reservation, report: LoadReport | undefined, now: number): void {
    const member = this.#members.get(reservation.substationId);
    if (member === undefined) return;
    member.estimate.settled(reservation, now);
    if (report !== undefined)
      member.estimate.reported(withReserve(report, member), reservation.sentAt, reservation);
    member.seen(now);
    this.#index?.update(reservation.substationId, now);
  }

  /** Records a refusal for lack of capacity. */
  refused(reservation: Reservation, report: LoadReport, now: number): void {
    const member = this.#members.get(reservation.substationId);
    if (member === undefined) return;
    member.estimate.released(reservation);
    member.estimate.reported(withReserve(report, member), reservation.sentAt);
    member.seen(now);
    this.#index?.update(reservation.substationId, now);
  }

  /** Stops counting a request that is certainly not charging there, for a reason other than capacity. */
  released(reservation: Reservation, now: number): void {
    this.#members.get(reservation.substationId)?.estimate.released(reservation);
    this.#index?.update(reservation.substationId, now);
  }

  /** Keeps counting a request that may be charging there, until a later poll shows the load. */
  unresolved(reservation: Reservation, now: number): void {
    this.#members.get(reservation.substationId)?.estimate.settled(reservation, now);
    this.#index?.update(reservation.substationId, now);
  }

  /** Applies the load that a substation reported after a session was stopped. */
  reported(id: string, report: LoadReport, requestedAt: number, now: number): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.estimate.reported(withReserve(report, member), requestedAt);
    member.seen(now);
    this.#index?.update(id, now);
  }

  /** Records that a substation reported that it is draining. A later poll clears this. */
  draining(id: string, now: number): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.draining = true;
    member.seen(now);
    this.#index?.update(id, now);
  }

  /** Records a poll without a response. Returns true when this ejected the substation. */
  failed(id: string, now: number): boolean {
    const isEjected = this.#members.get(id)?.polls.failed(now) ?? false;
    this.#index?.update(id, now);
    return isEjected;
  }

  /** Records a definite reply to a charge. */
  chargeSucceeded(id: string, now: number): void {
    // Unless this readmits it, nothing that the index knows has changed.
    if (this.#members.get(id)?.chargeSucceeded(now)) this.#index?.update(id, now);
  }

  /** Records a charge without a usable reply. Returns true when this ejected the substation. */
  chargeFailed(id: string, now: number, sentAt: number, connectedAt = sentAt): boolean {
    const isEjected = this.#members.get(id)?.chargeFailed(now, sentAt, connectedAt) ?? false;
    this.#index?.update(id, now);
    return isEjected;
  }

  /** Returns whether charges failed on old connections only: new ones may work. */
  onlyOldConnectionsFailed(id: string): boolean {
    return this.#members.get(id)?.charges.onlyOldConnectionsFailed ?? false;
  }

  /** Returns the substations that a request may be sent to; see `chooseCandidates`. */
  candidates(priority: Priority, now: number): Candidate[] {
    return chooseCandidates(this.#members, (id) => this.sameAs(id) !== undefined, priority, now);
  }

  /**
   * Returns the substation that the policy would choose first, where it can be found without looking at all of them;
   * otherwise undefined.
   */
  cheapest(amount: number, priority: Priority, now: number, random: () => number): Candidate | undefined {
    // Of several names of one substation, one represents it.
    return this.#identities.areShared ? undefined : this.#index?.cheapest(amount, priority, now, random);
  }

  /** Returns whether a request of `amount` kW fits at some candidate now. */
  hasRoom(amount: number, priority: Priority, now: number): boolean {
    return this.candidates(priority, now).some((candidate) => fits(amount, available(candidate)));
  }

  /** Returns whether a request would fit at some candidate without load, or one of unknown capacity. */
  hasRoomWhenEmpty(amount: number, priority: Priority, now: number): boolean {
    return this.candidates(priority, now).some(({ capacity }) => capacity === 0 || fits(amount, capacity));
  }

  /**
   * Returns a substation that a report, requested after `since`, shows to be full: there is no need to ask it.
   * Undefined where there may be room.
   */
  knownFull(id: string, amount: number, priority: Priority, since: number): Candidate | undefined {
    const member = this.#members.get(id);
    if (member === undefined || member.estimate.requestedAt <= since) return undefined;
    const candidate = member.candidate(id, priority, since);
    return fits(amount, available(candidate)) ? undefined : candidate;
  }

  /**
   * Returns the largest capacity that a request of this priority may use, in kW. Undefined while some capacity is
   * unknown. A substation that is draining or ejected keeps its last capacity.
   */
  largestCapacity(priority: Priority): number | undefined {
    const capacities = [...this.#members.values()].map((member) => member.capacityFor(priority));
    const known = capacities.filter((capacity) => capacity !== undefined);
    return known.length === capacities.length && known.length > 0 ? Math.max(...known) : undefined;
  }

  /**
   * Returns the substations that may have room for a request of `amount` kW, for all that is known: they do not
   * respond, and their last capacity, where it is known, suffices.
   *
   * @param unreachable further substations that do not respond
   */
  unknownRoom(amount: number, priority: Priority, unreachable: ReadonlySet<string>, now: number): string[] {
    const isSilent = (id: string, member: MemberState) =>
      unreachable.has(id) || !member.isHealthy(now) || member.estimate.report === undefined;
    return [...this.#members].flatMap(([id, member]) => {
      if (member.draining || this.sameAs(id) || !isSilent(id, member)) return [];
      const capacity = member.capacityFor(priority);
      return capacity === undefined || fits(amount, capacity) ? [id] : [];
    });
  }

  /** Returns whether some substation may accept a request: it responds, and accepts sessions. */
  canCharge(now: number): boolean {
    return [...this.#members.values()].some((member) => member.canCharge(now));
  }

  /** Returns whether a substation is out of rotation, or in it only for a probe. */
  isEjected(id: string, now: number): boolean {
    return this.#members.get(id)?.isHealthy(now) === false;
  }

  /** Returns the estimated load of one substation, in kW; 0 where the id is unknown. */
  loadOf(id: string): number {
    return this.#members.get(id)?.estimate.load ?? 0;
  }

  /** Returns the view of one substation, or undefined where the id is unknown. */
  describe(id: string, now: number): MemberView | undefined {
    return this.#members.get(id)?.describe(now);
  }
}

/** Only polls contain the high-priority reserve; responses to requests keep the last one. */
function withReserve(report: LoadReport, { estimate }: MemberState): LoadReport {
  const { capacity, load, reserve = estimate.report?.reserve } = report;
  return { load, capacity, reserve };
}
