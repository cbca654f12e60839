import type { Scheduler } from '@gridclock/service-kit/scheduler';

type Waiter = { counter: number; nodes: number; settle: () => void };

/** Requests that wait until enough nodes have stored a write of this node. */
export class Acknowledgements {
  readonly #scheduler: Scheduler;
  readonly #storedOn: (counter: number) => number;
  readonly #waiters = new Set<Waiter>();

  /** @param storedOn how many nodes are known to have this node's write of that number, itself counted */
  constructor(scheduler: Scheduler, storedOn: (counter: number) => number) {
    this.#scheduler = scheduler;
    this.#storedOn = storedOn;
  }

  /**
   * Resolves as soon as `nodes` nodes have the write, or after `limitMs`.
   *
   * @returns how many have it then
   */
  async wait(counter: number, nodes: number, limitMs: number): Promise<number> {
    if (this.#storedOn(counter) < nodes) {
      await new Promise<void>((resolve) => {
        const settle = () => {
          cancel();
          this.#waiters.delete(waiter);
          resolve();
        };
        const waiter: Waiter = { counter, nodes, settle };
        const cancel = this.#scheduler.after(limitMs, settle);
        this.#waiters.add(waiter);
      });
    }
    return this.#storedOn(counter);
  }

  /** To be called when a peer has said that it has more than before. */
  advanced(): void {
    for (const waiter of this.#waiters) {
      if (this.#storedOn(waiter.counter) >= waiter.nodes) waiter.settle();
    }
  }
}
