import type { Scheduler } from '@gridclock/service-kit';

type Alarm = { at: number; run: () => void };

/** Time that passes only when told to. */
export class ManualClock implements Scheduler {
  #now = 0;
  readonly #alarms = new Set<Alarm>();

  now = (): number => this.#now;

  after(ms: number, run: () => void): () => void {
    const alarm = { at: this.#now + ms, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Lets so many milliseconds pass, and what is due in them happen. */
  pass(ms: number): void {
    this.#now += ms;
    for (const alarm of [...this.#alarms].sort((a, b) => a.at - b.at)) {
      if (alarm.at > this.#now) return;
      this.#alarms.delete(alarm);
      alarm.run();
    }
  }
}
