/** How many holders a budget has at most, and how many bytes they hold together. */
export type BudgetLimits = { count: number; bytes: number };

/** A budget is used up; the caller must try again later. */
export class OverBudgetError extends Error {
  override readonly name = 'OverBudgetError';
  readonly budget: string;
  readonly limits: BudgetLimits;

  constructor(budget: string, limits: BudgetLimits) {
    super(
      `Too much waits at this node: the budget ${budget} (${limits.count} requests, ${limits.bytes} bytes) is used up`,
    );
    this.budget = budget;
    this.limits = limits;
  }
}

/** A part of a budget that one holder has. */
export type Holding = {
  /** The bytes held. */
  readonly bytes: number;
  /** Reports whether the budget has room for this many more. */
  canGrow: (by: number) => boolean;
  /** Holds another number of bytes from now on. @throws OverBudgetError if they do not fit */
  resize: (bytes: number) => void;
  /** Gives everything back; calling it again has no effect. */
  free: () => void;
};

/** Counts what holds memory for a while, and refuses more than its limits. */
export class Budget {
  readonly #name: string;
  readonly #limits: BudgetLimits;
  #count = 0;
  #bytes = 0;

  /** @param name for messages */
  constructor(name: string, limits: BudgetLimits) {
    this.#name = name;
    this.#limits = limits;
  }

  /** The bytes held at the moment. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Reports whether `take` would succeed. A budget that nothing holds takes anything, however large. */
  fits(bytes: number): boolean {
    if (this.#count === 0) return true;
    return this.#count < this.#limits.count && this.#bytes + bytes <= this.#limits.bytes;
  }

  /**
   * Holds bytes until the returned function is called; calling it again has no effect.
   *
   * @throws OverBudgetError if they do not fit
   */
  take(bytes: number): () => void {
    return this.hold(bytes).free;
  }

  /**
   * Holds bytes, whose number may change.
   *
   * @throws OverBudgetError if they do not fit
   */
  hold(bytes: number): Holding {
    if (!this.fits(bytes)) throw new OverBudgetError(this.#name, this.#limits);
    this.#count++;
    this.#bytes += bytes;
    let held = bytes;
    let isHeld = true;
    const canGrow = (by: number) => by <= 0 || this.#count === 1 || this.#bytes + by <= this.#limits.bytes;
    const resize = (next: number) => {
      if (!isHeld) return;
      if (!canGrow(next - held)) throw new OverBudgetError(this.#name, this.#limits);
      this.#bytes += next - held;
      held = next;
    };
    return {
      get bytes() {
        return held;
      },
      canGrow,
      resize,
      free: () => {
        resize(0);
        if (isHeld) this.#count--;
        isHeld = false;
      },
    };
  }
}
