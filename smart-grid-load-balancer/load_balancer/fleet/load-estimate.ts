/** What a substation has said of itself. Powers in kW. */
export type Report = { load: number; capacity: number; reserve?: number | undefined };

/** A request on its way to a substation, or accepted there and not yet part of a report. */
export type Reservation = {
  readonly substationId: string;
  readonly amount: number;
  readonly sentAt: number;
};

/**
 * The load of one substation: its last report plus what was sent and is not certain to be part of that.
 *
 * A report shows the substation at some moment after it was asked for. Whatever was answered before that is
 * in it; what was under way may be or not, and stays counted. So the estimate errs upwards, never on the side that
 * piles everything on one substation between two polls (LSQ, arXiv 2003.02368). Times in milliseconds.
 */
export class LoadEstimate {
  #report: Report | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  readonly #answeredAt = new Map<Reservation, number>();

  get report(): Report | undefined {
    return this.#report;
  }

  /** Load sent since the report, in kW. */
  get ownDispatches(): number {
    let sum = 0;
    for (const { amount } of this.#answeredAt.keys()) sum += amount;
    return sum;
  }

  /** In kW. */
  get load(): number {
    return (this.#report?.load ?? 0) + this.ownDispatches;
  }

  /** Counts a request from before it is sent. */
  sent(reservation: Reservation): void {
    this.#answeredAt.set(reservation, Number.POSITIVE_INFINITY);
  }

  /** It was accepted, or may have been: it counts until a report that was asked for later. */
  settled(reservation: Reservation, now: number): void {
    if (this.#answeredAt.has(reservation)) this.#answeredAt.set(reservation, now);
  }

  /** It was refused, or its report contains it. */
  released(reservation: Reservation): void {
    this.#answeredAt.delete(reservation);
  }

  /**
   * Takes over a report, unless a newer one has overtaken it.
   *
   * @param askedAt when it was asked for, not when it came
   * @param containing the reservation whose answer this report came with
   */
  reported(report: Report, askedAt: number, containing?: Reservation): void {
    if (askedAt < this.#askedAt) return;
    this.#report = report;
    this.#askedAt = askedAt;
    if (containing !== undefined) this.#answeredAt.delete(containing);
    for (const [reservation, answeredAt] of this.#answeredAt) {
      if (answeredAt <= askedAt) this.#answeredAt.delete(reservation);
    }
  }
}
