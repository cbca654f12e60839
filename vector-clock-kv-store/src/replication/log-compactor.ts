import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { clockSum, descends, type VectorClock } from '../causality/vector-clock.ts';
import type { Storage } from '../storage/storage.ts';
import { hardLimitBytes } from './log-limit.ts';
import { PLANNED_AT_ONCE, planPruning, type Retention } from './prune-plan.ts';
import type { Replicator } from './replicator.ts';

/** `limitBytes`: beyond this the log is pruned although a member needs it; that member gets a snapshot. */
export type LogRetention = Retention & { limitBytes: number };

export type Forgetting = {
  /** Whether a node was removed and may return. */
  mayReturn: () => boolean;
  /** Returns the clock up to which deletions may be forgotten in that case. */
  allowed: (settled: VectorClock) => VectorClock;
  /** Lets the deletions up to a clock be forgotten, once all members know. */
  request: (settled: VectorClock) => Promise<void>;
};

export type LogCompactorOptions = {
  storage: Storage;
  replicator: Pick<Replicator, 'stableClock' | 'settledClock' | 'snapshotableClock' | 'behind'>;
  scheduler: Scheduler;
  logRetention: LogRetention;
  /** Decides which deletions must be kept for nodes that were removed from the cluster and may return. */
  forgetting: Forgetting;
  /** How many deletions are kept for such nodes; MAX_KEPT_TOMBSTONES by default. */
  keptTombstones?: number | undefined;
  logger: Logger;
};

/** 2 s: often enough that logs stay short, rarely enough to cost nothing. */
const EVERY_MS = 2_000;

/** 100 ms: how soon a round follows when commits fill the log; peers report what they have about as often. */
const SOON_MS = 100;

/** How far the log may exceed its retained bytes until a round starts before its time. */
const SLACK = 1.25;

/** To this part of the limit the log is pruned: a round for every write would flush the disk twice as often. */
const BELOW_LIMIT = 0.9;

/**
 * 100,000, about 20 MB: kept for a removed node that may return, because its writes may be concurrent to them. One that
 * returns later replaces its data by a member's.
 */
export const MAX_KEPT_TOMBSTONES = 100_000;

/**
 * Removes what no member needs: log writes that all members have (causal stability), and tombstones that all members
 * have and to which nothing concurrent can still arrive.
 *
 * While a member is absent, nothing becomes stable. The log then grows up to a limit in bytes; beyond it the oldest
 * writes go all the same. The absent member fetches a snapshot when it is back, so that nothing is lost.
 */
export class LogCompactor {
  readonly #options: LogCompactorOptions;
  #cancel: () => void;
  #due = 0;
  #round: Promise<void> | undefined;
  #stopped = false;
  #overLimit = false;
  #full = false;

  constructor(options: LogCompactorOptions) {
    this.#options = options;
    this.#cancel = () => {};
    this.#schedule(EVERY_MS);
  }

  /** Starts a round soon if the log is too large. Call it after every commit. */
  onCommitted(): void {
    const { storage, logRetention, scheduler } = this.#options;
    if (this.#round !== undefined || this.#due <= scheduler.now() + SOON_MS) return;
    if (storage.logBytes <= Math.min(logRetention.bytes * SLACK, logRetention.limitBytes)) return;
    this.#cancel();
    this.#schedule(SOON_MS);
  }

  /** Resolves once the current round is over; no other follows. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#round;
  }

  #schedule(delayMs: number): void {
    const { scheduler } = this.#options;
    this.#due = scheduler.now() + delayMs;
    this.#cancel = scheduler.after(delayMs, () => {
      this.#round = this.#compact().finally(() => {
        this.#round = undefined;
        if (!this.#stopped) this.#schedule(EVERY_MS);
      });
    });
  }

  async #compact(): Promise<void> {
    const { replicator, logRetention, logger } = this.#options;
    try {
      await this.#prune(() => replicator.stableClock(), logRetention);
      await this.#enforceLimit();
      await this.#dropTombstones(replicator.settledClock());
    } catch (error) {
      logger.error({ err: error }, 'log compaction failed; retrying in the next round, no data is lost');
    }
  }

  async #dropTombstones(settled: VectorClock): Promise<void> {
    const { storage, forgetting, keptTombstones = MAX_KEPT_TOMBSTONES } = this.#options;
    if (!forgetting.mayReturn()) return storage.dropTombstones(settled);
    if (storage.tombstones <= keptTombstones) return;
    await storage.dropTombstones(forgetting.allowed(settled));
    if (storage.tombstones > keptTombstones) await forgetting.request(settled);
  }

  /**
   * Prunes in steps, each in one transaction, until a step is not full. Full ones follow each other at once, so that the
   * writes that are accepted meanwhile cannot outpace them; the few that are left wait for the next round.
   */
  async #prune(prunable: () => VectorClock, retention: Retention): Promise<void> {
    const { storage } = this.#options;
    let planned: number;
    do {
      const upTo = planPruning(storage, prunable(), retention);
      if (descends(storage.pruned, upTo)) return;
      planned = clockSum(upTo) - clockSum(storage.pruned);
      await storage.prune(upTo);
    } while (planned >= PLANNED_AT_ONCE && !this.#stopped);
  }

  async #enforceLimit(): Promise<void> {
    const { storage, replicator, logRetention, logger } = this.#options;
    const { limitBytes } = logRetention;
    const over = storage.logBytes > limitBytes;
    if (over && !this.#overLimit) {
      logger.warn(
        { log_bytes: storage.logBytes, limit_bytes: limitBytes, behind: replicator.behind() },
        'the log reached its limit; pruning writes that a member has not received, it will need a snapshot',
      );
    }
    if (over) {
      const retention = { writes: Number.MAX_SAFE_INTEGER, bytes: limitBytes * BELOW_LIMIT };
      await this.#prune(() => replicator.snapshotableClock(), retention);
    }
    this.#reportFull(storage.logBytes >= hardLimitBytes(limitBytes));
    // Until it is well below: while a member is absent the log stays near its limit, and one line is enough.
    this.#overLimit = over || (this.#overLimit && storage.logBytes > limitBytes / 2);
  }

  #reportFull(full: boolean): void {
    const { replicator, logRetention, logger } = this.#options;
    if (full && !this.#full)
      logger.error(
        { limit_bytes: hardLimitBytes(logRetention.limitBytes), behind: replicator.behind() },
        'the log is full of writes for a member that fetches no snapshots; refusing writes of clients. Remove that member if it does not return',
      );
    else if (!full && this.#full) logger.warn('the log has room again; accepting writes');
    this.#full = full;
  }
}
