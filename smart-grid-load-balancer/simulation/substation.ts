/** The state that a substation reports. Powers in kW. */
export type SubstationReport = { load: number; capacity: number };

/** A simulated substation: accepts what fits its capacity. Powers in kW. */
export class SimulatedSubstation {
  readonly id: string;
  readonly capacity: number;
  #load = 0;

  constructor(id: string, capacity: number) {
    this.id = id;
    this.capacity = capacity;
  }

  get report(): SubstationReport {
    return { load: this.#load, capacity: this.capacity };
  }

  get utilization(): number {
    return this.#load / this.capacity;
  }

  /** Starts a session if it fits. @returns whether it did */
  accept(kw: number): boolean {
    if (this.#load + kw > this.capacity) return false;
    this.#load += kw;
    return true;
  }

  end(kw: number): void {
    this.#load -= kw;
  }
}
