import type { Scheduler } from '@gridclock/service-kit/scheduler';

/**
 * One life of a simulated process, from its start to its crash. Nothing can stop the code of a process that
 * has crashed, but all that it awaits goes through its life, and a life that is over never answers: its
 * timers do not fire, and its promises stay open for ever. A paused one answers all at once when it goes on.
 */
export class Life implements Scheduler {
  readonly #time: Scheduler;
  #state: 'running' | 'paused' | 'over' = 'running';
  #waiting: (() => void)[] = [];

  constructor(time: Scheduler) {
    this.#time = time;
  }

  get over(): boolean {
    return this.#state === 'over';
  }

  now(): number {
    return this.#time.now();
  }

  after(delayMs: number, action: () => void): () => void {
    let cancelled = false;
    const cancel = this.#time.after(delayMs, () => {
      this.run(() => {
        if (!cancelled) action();
      });
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }

  /** Runs `action` when this life can: at once, when it goes on, or never. */
  run(action: () => void): void {
    if (this.#state === 'running') action();
    else if (this.#state === 'paused') this.#waiting.push(action);
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  goOn(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const action of waiting) action();
  }

  end(): void {
    this.#state = 'over';
    this.#waiting = [];
  }
}
