import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { SubstationReport } from '../transport/substation-report.ts';
import type { Member } from '../transport/transport.ts';

export type PollerOptions = {
  report: (member: Member) => Promise<SubstationReport>;
  /** A poll that was started at `startedAt` has succeeded. */
  onReport: (member: Member, report: SubstationReport, startedAt: number) => void;
  onFailure: (member: Member, reason: string) => void;
  intervalMs: number;
  clock: Scheduler;
  /** Uniform in [0, 1). */
  random: () => number;
};

/** Each pause is this share longer or shorter, so that many balancers and substations do not fall into step. */
const JITTER = 0.1;

type Loop = { stopped: boolean; tried: boolean; cancel: () => void };

/** Polls every substation in a loop of its own: a slow one delays no other. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #loops = new Map<string, Loop>();

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** True once every substation has been polled at least once, answered or not. */
  get complete(): boolean {
    return [...this.#loops.values()].every(({ tried }) => tried);
  }

  /** The first poll is at once. */
  start(member: Member): void {
    this.stop(member.id);
    const loop: Loop = { stopped: false, tried: false, cancel: () => {} };
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
    const { clock, intervalMs, onFailure, onReport, random, report } = this.#options;
    const startedAt = clock.now();
    try {
      const found = await report(member);
      if (!loop.stopped) onReport(member, found, startedAt);
    } catch (error) {
      if (!loop.stopped) onFailure(member, error instanceof Error ? error.message : String(error));
    }
    if (loop.stopped) return;
    loop.tried = true;
    const pause = intervalMs * (1 + JITTER * (2 * random() - 1));
    // Counted from the start, so that a slow answer does not stretch the interval.
    const rest = Math.max(0, pause - (clock.now() - startedAt));
    loop.cancel = clock.after(rest, () => void this.#poll(member, loop));
  }
}
