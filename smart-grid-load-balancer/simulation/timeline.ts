import TinyQueue from 'tinyqueue';

type Event = { at: number; order: number; happen: () => void };

/** Virtual time: events happen in the order of their times, and those of one moment in the order given. */
export class Timeline {
  #now = 0;
  #scheduled = 0;
  readonly #events = new TinyQueue<Event>([], (a, b) => a.at - b.at || a.order - b.order);

  /** In milliseconds. */
  get now(): number {
    return this.#now;
  }

  /** @param delayMs from now, not negative */
  after(delayMs: number, happen: () => void): void {
    this.#events.push({ at: this.#now + delayMs, order: this.#scheduled, happen });
    this.#scheduled += 1;
  }

  /** Lets everything happen that is scheduled, and what that schedules, until nothing is left. */
  run(): void {
    for (let event = this.#events.pop(); event !== undefined; event = this.#events.pop()) {
      this.#now = event.at;
      event.happen();
    }
  }
}
