import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { counterOf } from '../causality/vector-clock.ts';
import type { Storage } from '../storage/storage.ts';
import type { Replicator } from './replicator.ts';

export type LogCompactorOptions = {
  storage: Storage;
  replicator: Replicator;
  scheduler: Scheduler;
  /** How many writes of each node remain in the log although every member has them. */
  logRetention: number;
  logger: Logger;
};

/** 2 s: often enough that logs stay short, rarely enough to cost nothing. */
const EVERY_MS = 2_000;

/**
 * Removes what no member needs: log writes that all members have (causal stability), and tombstones that all members
 * have and to which nothing concurrent can still arrive.
 */
export class LogCompactor {
  readonly #options: LogCompactorOptions;
  #cancel: () => void;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: LogCompactorOptions) {
    this.#options = options;
    this.#cancel = this.#schedule();
  }

  /** Resolves once the current round is over; no other follows. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#round;
  }

  #schedule(): () => void {
    return this.#options.scheduler.after(EVERY_MS, () => {
      this.#round = this.#compact().finally(() => {
        if (!this.#stopped) this.#cancel = this.#schedule();
      });
    });
  }

  async #compact(): Promise<void> {
    const { storage, replicator, logRetention, logger } = this.#options;
    try {
      const upTo = Object.entries(replicator.stableClock()).map(([origin, counter]) => {
        const retainedFrom = counterOf(storage.clock, origin) - logRetention;
        return [origin, Math.max(0, Math.min(counter, retainedFrom))] as const;
      });
      if (upTo.some(([origin, counter]) => counter > counterOf(storage.pruned, origin))) {
        await storage.prune(Object.fromEntries(upTo));
      }
      await storage.dropTombstones(replicator.settledClock());
    } catch (error) {
      logger.error({ err: error }, 'log compaction failed; retrying in the next round, no data is lost');
    }
  }
}
