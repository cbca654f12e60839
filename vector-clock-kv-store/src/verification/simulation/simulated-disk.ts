import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { SeededRandom } from '@gridclock/simulation-kit';
import type { VectorClock } from '../../causality/vector-clock.ts';
import { DiskFullError, type RunTransaction } from '../../storage/full-disk.ts';
import { MemoryStorage } from '../../storage/memory-storage.ts';
import type { Storage } from '../../storage/storage.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { SimulatedStorage } from './simulated-storage.ts';

/** A copy of a disk. */
export type DiskCopy = { contents: MemoryStorage; inPlace: boolean };

type Transaction = {
  apply: () => Promise<void>;
  acknowledge: () => void;
  fail: (error: DiskFullError) => void;
};

/** Flush times in milliseconds: usually those of a solid-state disk, sometimes of a busy one. */
const FLUSH = { shortestMs: 0.1, longestMs: 4, busyMs: 120, busyRate: 0.03 };

/**
 * A disk that survives the processes using it.
 *
 * It flushes transactions in order. A crash applies a random prefix of the pending ones, each completely.
 */
export class SimulatedDisk {
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  #contents = new MemoryStorage();
  /** Whether the contents were not copied here, as far as a node can tell that decides on its id. */
  #inPlace = true;
  #queue: Transaction[] = [];
  #flushing = false;
  /** While full, the disk rejects every transaction. */
  full = false;
  /** Counts crashes and wipes. A flush of an earlier epoch must not complete. */
  #epoch = 0;

  constructor(scheduler: Scheduler, random: SeededRandom) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /** The writes that would survive a crash now. */
  get clock(): VectorClock {
    return this.#contents.clock;
  }

  /**
   * Opens the disk for one process.
   *
   * @param run runs each transaction, and repeats it while the disk is full
   */
  open(process: SimulatedProcess, run: RunTransaction): Storage {
    const transact = (apply: () => Promise<void>) => run(() => this.#transact(process, apply));
    return new SimulatedStorage(this.#contents, transact, this.#inPlace, () => {
      this.#inPlace = true;
    });
  }

  /** Applies a random prefix of the pending transactions and drops the rest. */
  crash(): void {
    const flushed = this.full ? 0 : this.#random.integer(0, this.#queue.length);
    for (const { apply } of this.#queue.slice(0, flushed)) void apply();
    this.#queue = [];
    this.#flushing = false;
    this.#epoch++;
  }

  /** Copies what would survive a crash now. */
  backUp(): DiskCopy {
    return { contents: this.#contents.copy(), inPlace: this.#inPlace };
  }

  /** Replaces the contents by a copy. @param looksInPlace whether nobody can tell: a snapshot of a block device */
  restore({ contents, inPlace }: DiskCopy, looksInPlace = false): void {
    this.crash();
    this.#contents = contents.copy();
    this.#inPlace = looksInPlace && inPlace;
  }

  /** Loses all contents. */
  wipe(): void {
    this.crash();
    this.#contents = new MemoryStorage();
    this.#inPlace = true;
  }

  #transact(process: SimulatedProcess, apply: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      // A crashed process can no longer reach the disk.
      if (process.crashed) return;
      this.#queue.push({
        apply,
        acknowledge: () => process.run(resolve),
        fail: (error) => process.run(() => reject(error)),
      });
      if (!this.#flushing) this.#flush();
    });
  }

  #flush(): void {
    const epoch = this.#epoch;
    this.#flushing = true;
    const schedule = (delayMs: number, action: () => void) => {
      this.#scheduler.after(delayMs, () => {
        if (epoch === this.#epoch) action();
      });
    };
    schedule(this.#flushMs(), () => {
      const transaction = this.#queue.shift();
      const failure = this.full ? new DiskFullError('the simulated disk is full') : undefined;
      if (failure === undefined) void transaction?.apply();
      // Flushed but not yet acknowledged: a crash in this window must lose nothing.
      schedule(this.#random.between(0, 1), () => {
        this.#flushing = false;
        if (this.#queue.length > 0) this.#flush();
        if (failure === undefined) transaction?.acknowledge();
        else transaction?.fail(failure);
      });
    });
  }

  #flushMs(): number {
    const { shortestMs, longestMs, busyMs, busyRate } = FLUSH;
    return this.#random.chance(busyRate) ? busyMs : this.#random.between(shortestMs, longestMs);
  }
}
