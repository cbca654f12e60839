import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { DiskFullError, type DiskState, type RunTransaction } from './storage/full-disk.ts';

export type DiskSpaceOptions = {
  scheduler: Scheduler;
  /** Bytes that this process can still use on the disk. */
  freeBytes: () => Promise<number>;
};

/** 2 s: how often to look for room. An operator who frees space should not wait longer. */
const LOOK_EVERY_MS = 2_000;

/** 30 s: try anyway after this time, because a quota or pages freed inside the file do not show in the free space. */
const TRY_EVERY_MS = 30_000;

/**
 * Repeats transactions that found the disk full until they succeed, and knows whether any is waiting.
 *
 * A transaction that failed is kept and repeated unchanged, never dropped: its writes are counted in memory already,
 * and no counter may name two writes.
 */
export class DiskSpace implements DiskState {
  readonly #options: DiskSpaceOptions;
  readonly #listeners = new Set<(full: DiskFullError | undefined) => void>();
  /** Wakes the transactions that wait for room. */
  readonly #waiting = new Set<() => void>();
  #blocked = 0;
  #full: DiskFullError | undefined;
  #stopped = false;

  constructor(options: DiskSpaceOptions) {
    this.#options = options;
  }

  get full(): DiskFullError | undefined {
    return this.#full;
  }

  subscribe(listener: (full: DiskFullError | undefined) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Runs a transaction, and repeats it while the disk is full.
   *
   * @param attempt must change nothing if it rejects
   * @throws any other error of the transaction; DiskFullError only after `stop`
   */
  readonly run: RunTransaction = async (attempt) => {
    let blocked = false;
    try {
      for (;;) {
        try {
          return await attempt();
        } catch (error) {
          if (!(error instanceof DiskFullError) || this.#stopped) throw error;
          if (!blocked) this.#blocked++;
          blocked = true;
          this.#change(this.#full ?? error);
        }
        await this.#roomOrTimeout();
      }
    } finally {
      if (blocked) this.#blocked--;
      if (this.#blocked === 0) this.#change(undefined);
      // A transaction that succeeds on a full disk has reused or freed pages: another may succeed too.
      else if (!blocked) this.#wake();
    }
  };

  /** Lets waiting transactions fail after one last attempt, so that the storage can be closed. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #change(full: DiskFullError | undefined): void {
    if (full === this.#full) return;
    this.#full = full;
    for (const listener of this.#listeners) listener(full);
  }

  /** Resolves when the disk has more room than now, when woken, or after a while. */
  #roomOrTimeout(): Promise<void> {
    const { scheduler, freeBytes } = this.#options;
    const giveUpAt = scheduler.now() + TRY_EVERY_MS;
    const before = freeBytes().catch(() => 0);
    return new Promise((resolve) => {
      let cancel = () => {};
      const wake = () => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const look = async () => {
        const free = await freeBytes().catch(() => 0);
        if (!this.#waiting.has(wake)) return;
        if (free > (await before) || scheduler.now() >= giveUpAt) wake();
        else cancel = scheduler.after(LOOK_EVERY_MS, look);
      };
      this.#waiting.add(wake);
      if (this.#stopped) wake();
      else cancel = scheduler.after(LOOK_EVERY_MS, look);
    });
  }
}
