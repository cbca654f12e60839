import { setImmediate } from 'node:timers/promises';
import { VirtualTimers } from './virtual-timers.ts';

/** Virtual timers for tests and simulations of asynchronous code. */
export class VirtualClock extends VirtualTimers {
  /** Moves the clock by `ms`. Promise callbacks run between timers, so the timers they set fire too. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.now() + ms;
    do await setImmediate();
    while (this.fireNext(end));
    this.advanceTo(end);
  }
}
