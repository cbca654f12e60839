import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { SeededRandom } from '@gridclock/simulation-kit';
import type { VectorClock } from '../../causality/vector-clock.ts';
import { MemoryStorage } from '../../storage/memory-storage.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Life } from './simulated-process.ts';
import { SimulatedStorage } from './simulated-storage.ts';

type Transaction = { apply: () => Promise<void>; acknowledge: () => void };

/** How long a flush takes, in milliseconds: mostly as a solid-state disk, now and then as a busy one. */
const FLUSH = { shortestMs: 0.1, longestMs: 4, busyMs: 120, busyShare: 0.03 };

/**
 * A disk that outlives the processes that use it. Transactions are flushed one after the other; those under
 * way in a crash are there wholly or not at all, and none without those before it.
 */
export class SimulatedDisk {
  readonly #time: Scheduler;
  readonly #random: SeededRandom;
  #contents = new MemoryStorage();
  #queue: Transaction[] = [];
  #busy = false;
  /** Counts crashes and wipes: a flush that began before one must not end after it. */
  #era = 0;

  constructor(time: Scheduler, random: SeededRandom) {
    this.#time = time;
    this.#random = random;
  }

  /** All writes that would survive a crash now. */
  get clock(): VectorClock {
    return this.#contents.clock;
  }

  /** What a process sees of the disk during its life. */
  open(life: Life): Storage {
    return new SimulatedStorage(this.#contents, (apply) => this.#transact(life, apply));
  }

  /** The process that used it is gone; chance decides how much of what was under way had been flushed. */
  crash(): void {
    const flushed = this.#random.whole(0, this.#queue.length);
    for (const { apply } of this.#queue.slice(0, flushed)) void apply();
    this.#queue = [];
    this.#busy = false;
    this.#era++;
  }

  /** Everything on it is lost. */
  wipe(): void {
    this.crash();
    this.#contents = new MemoryStorage();
  }

  #transact(life: Life, apply: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      // A process that has crashed has no way to the disk any more.
      if (life.over) return;
      this.#queue.push({ apply, acknowledge: () => life.run(resolve) });
      if (!this.#busy) this.#flush();
    });
  }

  #flush(): void {
    const era = this.#era;
    this.#busy = true;
    const next = (delayMs: number, action: () => void) => {
      this.#time.after(delayMs, () => {
        if (era === this.#era) action();
      });
    };
    next(this.#flushMs(), () => {
      const transaction = this.#queue.shift();
      void transaction?.apply();
      // Flushed and visible, but not yet acknowledged: a crash in between loses nothing.
      next(this.#random.between(0, 1), () => {
        this.#busy = false;
        if (this.#queue.length > 0) this.#flush();
        transaction?.acknowledge();
      });
    });
  }

  #flushMs(): number {
    const { shortestMs, longestMs, busyMs, busyShare } = FLUSH;
    return this.#random.chance(busyShare) ? busyMs : this.#random.between(shortestMs, longestMs);
  }
}
