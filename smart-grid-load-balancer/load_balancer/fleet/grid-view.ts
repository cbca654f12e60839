import type { Priority } from '@gridclock/grid-protocol';
import { available, type Candidate, fits } from '../policies/policy.ts';
import { Health, type HealthOptions, healthOptions } from './health.ts';
import { LoadEstimate, type Report, type Reservation } from './load-estimate.ts';

/** What a poll has found. Powers in kW. */
export type PollReport = Report & { draining?: boolean };

export type GridViewOptions = {
  health: HealthOptions;
  /** A substation without a sign of life for so many milliseconds is ejected. */
  staleAfterMs: number;
};

/** Three polls: one may be late and one may be lost. */
export function gridViewOptions(pollIntervalMs: number, pollTimeoutMs: number): GridViewOptions {
  return { health: healthOptions(pollIntervalMs), staleAfterMs: 3 * Math.max(pollIntervalMs, pollTimeoutMs) };
}

type Member = { estimate: LoadEstimate; health: Health; draining: boolean; lastSeen: number | undefined };

/** One substation as the balancer sees it. Powers in kW, age in milliseconds. */
export type MemberView = {
  polledLoad: number | undefined;
  ownDispatches: number;
  load: number;
  capacity: number | undefined;
  health: 'unknown' | 'up' | 'ejected' | 'draining';
  ageMs: number | undefined;
};

/**
 * What one balancer knows of the substations. It guides routing and never decides: admission is the
 * substation's. No clock and no network inside: times, in milliseconds, and events are passed in.
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

  /** A poll that started at `startedAt` has come back. */
  polled(id: string, { draining = false, ...report }: PollReport, startedAt: number, now: number): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.estimate.reported(report, startedAt);
    member.draining = draining;
    seen(member, now);
  }

  /** Counts a request to a substation before it is sent. Settle it with one of the four below. */
  sent(substationId: string, amount: number, now: number): Reservation {
    const reservation = { substationId, amount, sentAt: now };
    this.#members.get(substationId)?.estimate.sent(reservation);
    return reservation;
  }

  /** @param report what the answer said; undefined where it repeats an older answer */
  accepted(reservation: Reservation, report: Report | undefined, now: number): void {
    const member = this.#members.get(reservation.substationId);
    if (member === undefined) return;
    member.estimate.settled(reservation, now);
    if (report !== undefined)
      member.estimate.reported(withReserve(report, member), reservation.sentAt, reservation);
    seen(member, now);
  }

  /** Refused for want of capacity: a sign of life. */
  refused(reservation: Reservation, report: Report, now: number): void {
    const member = this.#members.get(reservation.substationId);
    if (member === undefined) return;
    member.estimate.released(reservation);
    member.estimate.reported(withReserve(report, member), reservation.sentAt);
    seen(member, now);
  }

  /** Certainly not charging there, for another reason than capacity. */
  released(reservation: Reservation): void {
    this.#members.get(reservation.substationId)?.estimate.released(reservation);
  }

  /** May be charging there: counted until a poll tells. */
  unresolved(reservation: Reservation, now: number): void {
    this.#members.get(reservation.substationId)?.estimate.settled(reservation, now);
  }

  /** A session was stopped: what the substation then reported. */
  reported(id: string, report: Report, askedAt: number, now: number): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.estimate.reported(withReserve(report, member), askedAt);
    seen(member, now);
  }

  /** It takes no new sessions, by its own word; the polls say when that is over. */
  draining(id: string, now: number): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.draining = true;
    seen(member, now);
  }

  /** A poll or a request got no answer. Returns true when this ejected. */
  failed(id: string, now: number): boolean {
    return this.#members.get(id)?.health.failed(now) ?? false;
  }

  /**
   * Whom a request may be sent to. When none looks alive, all are tried. Half of them down is no reason
   * for that, as it is elsewhere: what is left cannot be overrun, because substations refuse, and one
   * that hangs would turn a clear refusal into an unknown outcome.
   */
  candidates(priority: Priority, now: number): Candidate[] {
    const open = [...this.#members].filter(([, member]) => !member.draining);
    const alive = open.filter(([, member]) => this.#alive(member, now));
    return (alive.length > 0 ? alive : open).map(([id, { estimate }]) => {
      const { capacity = 0, reserve = 0 } = estimate.report ?? {};
      return { id, load: estimate.load, capacity: priority === 'high' ? capacity : capacity - reserve };
    });
  }

  /** Whether a request of so many kW has room somewhere, as far as this view goes. */
  hasRoom(amount: number, priority: Priority, now: number): boolean {
    return this.candidates(priority, now).some((candidate) => fits(amount, available(candidate)));
  }

  /** Whether it would have room somewhere if nothing charged there, or where the capacity is not known yet. */
  hasRoomWhenEmpty(amount: number, priority: Priority, now: number): boolean {
    return this.candidates(priority, now).some(({ capacity }) => capacity === 0 || fits(amount, capacity));
  }

  /** True while the substation is out of rotation because it does not answer. */
  isEjected(id: string, now: number): boolean {
    const member = this.#members.get(id);
    return member !== undefined && !this.#alive(member, now);
  }

  /** What is known of a substation; undefined where there is none of that id. */
  describe(id: string, now: number): MemberView | undefined {
    const member = this.#members.get(id);
    if (member === undefined) return undefined;
    const { estimate, health, draining, lastSeen } = member;
    const alive = this.#alive(member, now);
    return {
      polledLoad: estimate.report?.load,
      ownDispatches: estimate.ownDispatches,
      load: estimate.load,
      capacity: estimate.report?.capacity,
      health: !alive ? 'ejected' : draining ? 'draining' : health.kind,
      ageMs: lastSeen === undefined ? undefined : now - lastSeen,
    };
  }

  #alive({ health, lastSeen }: Member, now: number): boolean {
    if (health.kind === 'unknown') return true;
    return health.kind === 'up' && now - (lastSeen ?? 0) <= this.#options.staleAfterMs;
  }
}

/** Answers do not tell the reserve; the polls do. */
function withReserve(report: Report, member: Member): Report {
  return { ...report, reserve: report.reserve ?? member.estimate.report?.reserve };
}

function seen(member: Member, now: number): void {
  member.health.answered(now);
  member.lastSeen = now;
}
