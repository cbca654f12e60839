import type { InjectedFault } from '@gridclock/simulation-kit';
import type { TracedEvent } from '../../trace/event.ts';
import type { SlotSummary } from './operation-slots.ts';

/** A fault as it happened. Times in milliseconds from the start of the run. */
export type LoggedFault = {
  number: number;
  fault: InjectedFault;
  beganMs: number;
  /** Undefined while it lasts. */
  endedMs?: number;
  /** Undefined if the nodes had not recovered when the run ended. */
  recoveredMs?: number;
};

/** A moment of a fault, with the events around it. */
export type Moment = { name: 'began' | 'ended' | 'recovered'; atMs: number; events: readonly TracedEvent[] };

/** What is kept of a fault for its zoom. */
export type FaultDetails = { slots: readonly SlotSummary[]; moments: readonly Moment[] };

export type DetailedFault = LoggedFault & { details: FaultDetails };

/** 60: about as many as a soak of a minute injects, and with their details about 3 MB in memory. */
const MAX_DETAILED = 60;

/** 20,000: 7 hours of a soak, at 200 bytes each. */
const MAX_LOGGED = 20_000;

/** Keeps the faults of a run: the details of those that took longest to recover, the times of the others. */
export class FaultLog {
  readonly #logged: LoggedFault[] = [];
  readonly #details = new Map<number, FaultDetails>();
  #count = 0;

  /** Adds a fault that has begun. */
  add(fault: InjectedFault, beganMs: number): LoggedFault {
    this.#count += 1;
    const logged: LoggedFault = { number: this.#count, fault, beganMs };
    if (this.#logged.length < MAX_LOGGED) this.#logged.push(logged);
    return logged;
  }

  /** Adds the details of a fault that is over. Drops those of the quickest recovery when there are too many. */
  addDetails({ number }: LoggedFault, details: FaultDetails): void {
    this.#details.set(number, details);
    const quickest = this.detailed.at(-1);
    if (quickest !== undefined && this.#details.size > MAX_DETAILED) this.#details.delete(quickest.number);
  }

  /** How many faults there were. */
  get count(): number {
    return this.#count;
  }

  /** In the order in which they began; of a very long run, the first ones. */
  get logged(): readonly LoggedFault[] {
    return this.#logged;
  }

  /** The faults with details, those that took longest to recover first. */
  get detailed(): DetailedFault[] {
    return this.#logged
      .flatMap((fault): DetailedFault[] => {
        const details = this.#details.get(fault.number);
        return details === undefined ? [] : [{ ...fault, details }];
      })
      .sort((left, right) => recoveryMs(right) - recoveryMs(left) || left.number - right.number);
  }
}

/** How long the nodes took to recover after the end of a fault; infinite if they did not. */
export function recoveryMs({ endedMs, recoveredMs }: LoggedFault): number {
  return endedMs === undefined || recoveredMs === undefined
    ? Number.POSITIVE_INFINITY
    : recoveredMs - endedMs;
}
