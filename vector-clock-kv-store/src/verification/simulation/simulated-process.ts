import type { Scheduler } from '@gridclock/service-kit/scheduler';

/**
 * A simulated process, from its start to its crash. A restart is a new SimulatedProcess.
 *
 * JavaScript cannot stop running code, but all a node awaits goes through its process: after a crash, timers
 * do not fire and promises stay pending forever. A pause defers them until `resume`.
 */
export class SimulatedProcess implements Scheduler {
  readonly #scheduler: Scheduler;
  #state: 'running' | 'paused' | 'crashed' = 'running';
  #deferred: (() => void)[] = [];

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get crashed(): boolean {
    return this.#state === 'crashed';
  }

  now(): number {
    return this.#scheduler.now();
  }

  after(delayMs: number, action: () => void): () => void {
    let cancelled = false;
    const cancel = this.#scheduler.after(delayMs, () => {
      this.run(() => {
        if (!cancelled) action();
      });
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }

  /** Runs `action` now if the process is running, at `resume` if it is paused, and never after a crash. */
  run(action: () => void): void {
    if (this.#state === 'running') action();
    else if (this.#state === 'paused') this.#deferred.push(action);
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const action of deferred) action();
  }

  crash(): void {
    this.#state = 'crashed';
    this.#deferred = [];
  }
}
