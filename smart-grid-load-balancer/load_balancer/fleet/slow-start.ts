/**
 * Ramps a substation up after its return: its load may grow only as fast as from its load then to its capacity
 * within `rampMs`. Without this, a returned substation, often the emptiest, gets every request for a second, also if
 * it is about to fail again. Envoy has the same under this name.
 *
 * Power in kW; times in milliseconds, passed in.
 */
export class SlowStart {
  readonly #rampMs: number;
  #start: { at: number; load: number } | undefined;

  constructor(rampMs: number) {
    this.#rampMs = rampMs;
  }

  begin(load: number, now: number): void {
    this.#start = { at: now, load };
  }

  /** Returns up to which load routing prefers this substation; undefined while it is not ramped up. */
  limit(capacity: number, now: number): number | undefined {
    if (this.#start === undefined) return undefined;
    const { at, load } = this.#start;
    const share = (now - at) / this.#rampMs;
    return share >= 1 ? undefined : load + Math.max(0, capacity - load) * share;
  }
}
