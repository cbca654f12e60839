import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { counterOf } from '../causality/vector-clock.ts';
import type { Storage } from '../storage/storage.ts';
import type { Replicator } from './replicator.ts';

export type LogCompactorOptions = {
  storage: Storage;
  replicator: Replicator;
  scheduler: Scheduler;
  /** How many writes of each node stay in the log though every member has them. */
  logRetention: number;
  logger: Logger;
};

/** Often enough that logs stay short, seldom enough to cost nothing, in milliseconds. */
const EVERY_MS = 2_000;

/**
 * Forgets what no member can need any more: log entries that all members have (causal stability), and
 * deletions that all have seen and that nothing concurrent can still arrive to.
 */
export class LogCompactor {
  readonly #options: LogCompactorOptions;
  #cancel: () => void;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: LogCompactorOptions) {
    this.#options = options;
    this.#cancel = this.#plan();
  }

  /** Resolves once the round under way is over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#round;
  }

  #plan(): () => void {
    return this.#options.scheduler.after(EVERY_MS, () => {
      this.#round = this.#run().finally(() => {
        if (!this.#stopped) this.#cancel = this.#plan();
      });
    });
  }

  async #run(): Promise<void> {
    const { storage, replicator, logRetention, logger } = this.#options;
    try {
      const stored = replicator.storedEverywhere();
      const upTo = Object.entries(stored).map(([origin, counter]) => {
        const kept = counterOf(storage.clock, origin) - logRetention;
        return [origin, Math.max(0, Math.min(counter, kept))] as const;
      });
      if (upTo.some(([origin, counter]) => counter > counterOf(storage.pruned, origin))) {
        await storage.prune(Object.fromEntries(upTo));
      }
      await storage.dropTombstones(replicator.settledEverywhere());
    } catch (error) {
      // Tried again in the next round; nothing is lost but room.
      logger.error({ err: error }, 'housekeeping failed');
    }
  }
}
