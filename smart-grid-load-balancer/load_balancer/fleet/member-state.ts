import type { Priority } from '@gridclock/grid-protocol';
import type { Candidate } from './candidate.ts';
import { Health, type HealthOptions } from './health.ts';
import { LoadEstimate } from './load-estimate.ts';

export type MemberStateOptions = {
  health: HealthOptions;
  /** A substation that has not responded for this long, in milliseconds, counts as ejected. */
  staleAfterMs: number;
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
  readonly health: Health;
  readonly #staleAfterMs: number;
  draining = false;
  #lastSeen: number | undefined;

  constructor({ health, staleAfterMs }: MemberStateOptions) {
    this.health = new Health(health);
    this.#staleAfterMs = staleAfterMs;
  }

  /** Records a response to a poll or a request. */
  seen(now: number): void {
    this.health.succeeded(now);
    this.#lastSeen = now;
  }

  isHealthy(now: number): boolean {
    const { kind } = this.health;
    if (kind === 'unknown') return true;
    return kind === 'up' && now - (this.#lastSeen ?? 0) <= this.#staleAfterMs;
  }

  /** The capacity that a request of this priority may use, in kW; undefined while it is unknown. */
  capacityFor(priority: Priority): number | undefined {
    const { report } = this.estimate;
    if (report === undefined) return undefined;
    return priority === 'high' ? report.capacity : report.capacity - (report.reserve ?? 0);
  }

  candidate(id: string, priority: Priority): Candidate {
    const { load, requestedAt: reportedAt } = this.estimate;
    return { id, load, capacity: this.capacityFor(priority) ?? 0, reportedAt };
  }

  describe(now: number): MemberView {
    const { load, ownDispatches, report } = this.estimate;
    return {
      polledLoad: report?.load,
      ownDispatches,
      load,
      capacity: report?.capacity,
      health: !this.isHealthy(now) ? 'ejected' : this.draining ? 'draining' : this.health.kind,
      ageMs: this.#lastSeen === undefined ? undefined : now - this.#lastSeen,
    };
  }
}
