import type { Priority } from '@gridclock/grid-protocol';
import type { Candidate } from './candidate.ts';
import { ChargeHealth } from './charge-health.ts';
import { Health, type HealthOptions } from './health.ts';
import { LoadEstimate } from './load-estimate.ts';
import { type RequestCount, SlowStart } from './slow-start.ts';

export type MemberStateOptions = {
  health: HealthOptions;
  /** A substation that has not responded for this long, in milliseconds, counts as ejected. */
  staleAfterMs: number;
  /** After this time, in milliseconds, a probe without an outcome is forgotten. */
  probeMs: number;
  /** How long a substation that returns is ramped up, in milliseconds. */
  rampMs: number;
};

/** One substation as the balancer sees it. Power in kW, age in milliseconds. */
export type MemberView = {
  polledLoad: number | undefined;
  ownDispatches: number;
  load: number;
  capacity: number | undefined;
  health: 'unknown' | 'up' | 'ejected' | 'draining';
  ageMs: number | undefined;
};

/** What the balancer knows of one substation: load, capacity and health. Times are passed in. */
export class MemberState {
  readonly estimate = new LoadEstimate();
  readonly polls: Health;
  readonly charges: ChargeHealth;
  readonly #slowStart: SlowStart;
  readonly #staleAfterMs: number;
  draining = false;
  #isNewcomer: boolean;
  #lastSeen: number | undefined;

  /**
   * @param requests of all substations together
   * @param isNewcomer whether it joins a fleet that is in service: then it is ramped up too
   */
  constructor(
    { health, probeMs, rampMs, staleAfterMs }: MemberStateOptions,
    requests: RequestCount,
    isNewcomer: boolean,
  ) {
    this.polls = new Health(health);
    this.charges = new ChargeHealth(health, probeMs);
    this.#slowStart = new SlowStart(rampMs, requests);
    this.#staleAfterMs = staleAfterMs;
    this.#isNewcomer = isNewcomer;
  }

  /** Records a response to a poll or a request. */
  seen(now: number): void {
    const returns = this.polls.succeeded(now);
    if (returns) this.charges.outageEnded(now);
    if (returns || this.#isNewcomer) this.#slowStart.begin(this.estimate.load, now);
    this.#isNewcomer = false;
    this.#lastSeen = now;
  }

  /** Records a charge that is sent. */
  sent(now: number): void {
    this.charges.sent(now);
    this.#slowStart.sent();
  }

  /** Records a definite reply to a charge. Returns true when this readmitted the substation. */
  chargeSucceeded(now: number): boolean {
    const isReadmitted = this.charges.succeeded(now);
    if (isReadmitted) this.#slowStart.begin(this.estimate.load, now);
    return isReadmitted;
  }

  /** Records a charge without a usable reply. Returns true when this ejected the substation. */
  chargeFailed(now: number, sentAt: number, connectedAt: number): boolean {
    return this.charges.failed(now, sentAt, this.polls.isFailing, connectedAt);
  }

  /** Whether it is in rotation: polls and charges succeed. */
  isHealthy(now: number): boolean {
    return this.#isResponsive(now) && this.charges.state(now) === 'closed';
  }

  /** Whether it takes its share of requests: it is known, in rotation, and neither draining nor ramped up. */
  isOrdinary(now: number): boolean {
    if (this.draining || this.polls.kind !== 'up' || this.charges.state(now) !== 'closed') return false;
    return this.estimate.report !== undefined && this.#slowStart.isOver(now);
  }

  /** Whether a charge may probe it: its ejection for failed charges is over. */
  mayBeProbed(now: number): boolean {
    return this.#isResponsive(now) && this.charges.state(now) === 'half-open' && !this.charges.isProbed(now);
  }

  /** Whether it responds to polls, accepts sessions, and its charges have not just failed. */
  canCharge(now: number): boolean {
    if (this.draining || this.polls.kind !== 'up') return false;
    return this.#isResponsive(now) && this.charges.state(now) !== 'ejected';
  }

  /** The capacity that a request of this priority may use, in kW; undefined while it is unknown. */
  capacityFor(priority: Priority): number | undefined {
    const { report } = this.estimate;
    if (report === undefined) return undefined;
    return priority === 'high' ? report.capacity : report.capacity - (report.reserve ?? 0);
  }

  candidate(id: string, priority: Priority, now: number): Candidate {
    const { load, requestedAt: reportedAt } = this.estimate;
    const capacity = this.capacityFor(priority) ?? 0;
    return { id, load, capacity, reportedAt, rampLimit: this.#slowStart.limit(capacity, now) };
  }

  describe(now: number): MemberView {
    const { load, ownDispatches, report } = this.estimate;
    const isEjected = !this.#isResponsive(now) || this.charges.state(now) === 'ejected';
    return {
      polledLoad: report?.load,
      ownDispatches,
      load,
      capacity: report?.capacity,
      health: isEjected ? 'ejected' : this.draining ? 'draining' : this.polls.kind,
      ageMs: this.#lastSeen === undefined ? undefined : now - this.#lastSeen,
    };
  }

  #isResponsive(now: number): boolean {
    const { kind } = this.polls;
    if (kind === 'unknown') return true;
    return kind === 'up' && now - (this.#lastSeen ?? 0) <= this.#staleAfterMs;
  }
}
