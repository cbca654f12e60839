import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { SubstationReport } from '../transport/substation-report.ts';
import type { Member } from '../transport/transport.ts';

export type PollerOptions = {
  report: (member: Member) => Promise<SubstationReport>;
  /** Called after each successful poll, with the time at which the poll started. */
  onReport: (member: Member, report: SubstationReport, startedAt: number) => void;
  onFailure: (member: Member, reason: string) => void;
  intervalMs: number;
  scheduler: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
};

/** Each pause varies by 10 % either way, so that balancers do not poll in step. */
const JITTER = 0.1;

type Loop = { stopped: boolean; polled: boolean; cancel: () => void };

/** Polls each substation in its own loop, so that a slow one delays no other. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #loops = new Map<string, Loop>();

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** True once every substation has been polled at least once, successfully or not. */
  get allPolled(): boolean {
    return [...this.#loops.values()].every(({ polled }) => polled);
  }

  /** Polls a substation now and then once per interval. */
  start(member: Member): void {
    this.stop(member.id);
    const loop: Loop = { stopped: false, polled: false, cancel: () => {} };
    this.#loops.set(member.id, loop);
    void this.#poll(member, loop);
  }

  stop(id: string): void {
    const loop = this.#loops.get(id);
    if (loop === undefined) return;
    loop.stopped = true;
    loop.cancel();
    this.#loops.delete(id);
  }

  stopAll(): void {
    for (const id of [...this.#loops.keys()]) this.stop(id);
  }

  async #poll(member: Member, loop: Loop): Promise<void> {
    const { scheduler, intervalMs, onFailure, onReport, random, report } = this.#options;
    const startedAt = scheduler.now();
    try {
      const result = await report(member);
      if (!loop.stopped) onReport(member, result, startedAt);
    } catch (error) {
      if (!loop.stopped) onFailure(member, error instanceof Error ? error.message : String(error));
    }
    if (loop.stopped) return;
    loop.polled = true;
    const period = intervalMs * (1 + JITTER * (2 * random() - 1));
    // Measured from the start of the poll: a slow response must not stretch the interval.
    const pauseMs = Math.max(0, period - (scheduler.now() - startedAt));
    loop.cancel = scheduler.after(pauseMs, () => void this.#poll(member, loop));
  }
}
