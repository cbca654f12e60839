import type { Priority } from '@gridclock/grid-protocol';
import type { LoadReport, PollReport } from '../transport/substation-report.ts';
import { available, type Candidate, fits } from './candidate.ts';
import { Health, type HealthOptions, healthOptions } from './health.ts';
import { LoadEstimate, type Reservation } from './load-estimate.ts';

export type GridViewOptions = {
  health: HealthOptions;
  /** A substation that has not responded for this long, in milliseconds, counts as ejected. */
  staleAfterMs: number;
};

/** Returns the default options: stale after three polls, because one may be late and one may be lost. */
export function gridViewOptions(pollIntervalMs: number, pollTimeoutMs: number): GridViewOptions {
  return { health: healthOptions(pollIntervalMs), staleAfterMs: 3 * Math.max(pollIntervalMs, pollTimeoutMs) };
}

type Member = { estimate: LoadEstimate; health: Health; draining: boolean; lastSeen: number | undefined };

/** One substation as the balancer sees it. Power in kW, age in milliseconds. */
export type MemberView = {
  polledLoad: number | undefined;
  ownDispatches: number;
  load: number;
  capacity: number | undefined;
  health: 'unknown' | 'up' | 'ejected' | 'draining';
  ageMs: number | undefined;
};

/**
 * One balancer's estimate of every substation's load, capacity and health. It guides routing; only a substation
 * itself admits requests, so a stale view costs a hop and never overloads anyone.
 *
 * Pure: it has no clock and no network. Events and times, in milliseconds, are passed in.
 */
export class GridView {
  readonly #options: GridViewOptions;
  readonly #members = new Map<string, Member>();

  constructor(options: GridViewOptions) {
    this.#options = options;
  }

  get ids(): string[] {
    return [...this.#members.keys()];
  }

  add(id: string): void {
    if (this.#members.has(id)) return;
    const health = new Health(this.#options.health);
    this.#members.set(id, { estimate: new LoadEstimate(), health, draining: false, lastSeen: undefined });
  }

  remove(id: string): void {
    this.#members.delete(id);
  }

  /** Applies the report of a poll that started at `startedAt`. */
  polled(id: string, { draining = false, ...report }: PollReport, startedAt: number, now: number): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.estimate.reported(report, startedAt);
    member.draining = draining;
    markSeen(member, now);
  }

  /**
   * Counts a request before it is sent. Conclude it with `accepted`, `refused`, `released` or `unresolved`.
   *
   * @param amount in kW
   */
  sent(substationId: string, amount: number, now: number): Reservation {
    const reservation = { substationId, amount, sentAt: now };
    this.#members.get(substationId)?.estimate.sent(reservation);
    return reservation;
  }

  /** @param report the load in the response; undefined where the response is a replay, whose load is outdated */
  accepted(reservation: Reservation, report: LoadReport | undefined, now: number): void {
    const member = this.#members.get(reservation.substationId);
    if (member === undefined) return;
    member.estimate.settled(reservation, now);
    if (report !== undefined)
      member.estimate.reported(withReserve(report, member), reservation.sentAt, reservation);
    markSeen(member, now);
  }

  /** Records a refusal for lack of capacity. */
  refused(reservation: Reservation, report: LoadReport, now: number): void {
    const member = this.#members.get(reservation.substationId);
    if (member === undefined) return;
    member.estimate.released(reservation);
    member.estimate.reported(withReserve(report, member), reservation.sentAt);
    markSeen(member, now);
  }

  /** Stops counting a request that is certainly not charging there, for a reason other than capacity. */
  released(reservation: Reservation): void {
    this.#members.get(reservation.substationId)?.estimate.released(reservation);
  }

  /** Keeps counting a request that may be charging there, until a later poll shows the load. */
  unresolved(reservation: Reservation, now: number): void {
    this.#members.get(reservation.substationId)?.estimate.settled(reservation, now);
  }

  /** Applies the load that a substation reported after a session was stopped. */
  reported(id: string, report: LoadReport, requestedAt: number, now: number): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.estimate.reported(withReserve(report, member), requestedAt);
    markSeen(member, now);
  }

  /** Records that a substation reported that it is draining. A later poll clears this. */
  draining(id: string, now: number): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.draining = true;
    markSeen(member, now);
  }

  /** Records a poll or a request without a response. Returns true when this ejected the substation. */
  failed(id: string, now: number): boolean {
    return this.#members.get(id)?.health.failed(now) ?? false;
  }

  /**
   * Returns the substations that a request may be sent to: all healthy ones, or all when none is healthy.
   *
   * Envoy already falls back to all hosts when half are unhealthy (its panic threshold), to spare the rest from
   * overload. Here substations refuse excess load, and one that hangs turns a clear refusal into an unknown outcome.
   */
  candidates(priority: Priority, now: number): Candidate[] {
    const open = [...this.#members].filter(([, member]) => !member.draining);
    const healthy = open.filter(([, member]) => this.#isHealthy(member, now));
    return (healthy.length > 0 ? healthy : open).map(([id, { estimate }]) => {
      const { capacity = 0, reserve = 0 } = estimate.report ?? {};
      return { id, load: estimate.load, capacity: priority === 'high' ? capacity : capacity - reserve };
    });
  }

  /** Returns whether a request of `amount` kW fits at some candidate now. */
  hasRoom(amount: number, priority: Priority, now: number): boolean {
    return this.candidates(priority, now).some((candidate) => fits(amount, available(candidate)));
  }

  /** Returns whether a request would fit at some candidate without load, or one of unknown capacity. */
  hasRoomWhenEmpty(amount: number, priority: Priority, now: number): boolean {
    return this.candidates(priority, now).some(({ capacity }) => capacity === 0 || fits(amount, capacity));
  }

  isEjected(id: string, now: number): boolean {
    const member = this.#members.get(id);
    return member !== undefined && !this.#isHealthy(member, now);
  }

  /** Returns the view of one substation, or undefined where the id is unknown. */
  describe(id: string, now: number): MemberView | undefined {
    const member = this.#members.get(id);
    if (member === undefined) return undefined;
    const { estimate, health, draining, lastSeen } = member;
    const healthy = this.#isHealthy(member, now);
    return {
      polledLoad: estimate.report?.load,
      ownDispatches: estimate.ownDispatches,
      load: estimate.load,
      capacity: estimate.report?.capacity,
      health: !healthy ? 'ejected' : draining ? 'draining' : health.kind,
      ageMs: lastSeen === undefined ? undefined : now - lastSeen,
    };
  }

  #isHealthy({ health, lastSeen }: Member, now: number): boolean {
    if (health.kind === 'unknown') return true;
    return health.kind === 'up' && now - (lastSeen ?? 0) <= this.#options.staleAfterMs;
  }
}

/** Only polls contain the high-priority reserve; responses to requests keep the last one. */
function withReserve(report: LoadReport, member: Member): LoadReport {
  return { ...report, reserve: report.reserve ?? member.estimate.report?.reserve };
}

function markSeen(member: Member, now: number): void {
  member.health.succeeded(now);
  member.lastSeen = now;
}
