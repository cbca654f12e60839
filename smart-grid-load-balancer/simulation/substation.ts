/** What a substation tells of itself. Powers in kW. */
export type SubstationReport = { load: number; capacity: number };

/** A substation on virtual time: it admits what fits, and gives it back when told. Powers in kW. */
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

  /** @returns whether it fitted; only then is it charged */
  admit(kw: number): boolean {
    if (this.#load + kw > this.capacity) return false;
    this.#load += kw;
    return true;
  }

  end(kw: number): void {
    this.#load -= kw;
  }
}
