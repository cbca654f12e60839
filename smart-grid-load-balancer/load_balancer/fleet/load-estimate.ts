import type { LoadReport } from '../transport/substation-report.ts';

/** One dispatched request, counted until a report is certain to contain it. Times in ms, power in kW. */
export type Reservation = {
  readonly substationId: string;
  readonly amount: number;
  readonly sentAt: number;
};

/** What is known of a dispatched request. */
type Dispatch = {
  /** When the response arrived; infinity while the request is in flight. */
  settledAt: number;
  /** Whether its own response carried the present report or one that it follows: that contains it. */
  isContained: boolean;
};

/**
 * Estimates the load of one substation: its last report plus the dispatches that the report may not contain.
 *
 * Between two reports a dispatcher that only looks at the last one sends everything to the same server. The
 * remedy is a local estimate that the dispatcher updates itself with every dispatch: Local Shortest Queue
 * (S. Vargaftik, I. Keslassy, A. Orda, "LSQ: Load Balancing in Large-Scale Heterogeneous Systems with Multiple
 * Dispatchers", arXiv 2003.02368).
 *
 * A report shows the load at some moment after it was requested. It contains the requests that completed before;
 * requests still in flight may be missing, so they stay counted. The estimate errs upwards. Times in milliseconds.
 */
export class LoadEstimate {
  #report: LoadReport | undefined;
  #requestedAt = Number.NEGATIVE_INFINITY;
  readonly #dispatches = new Map<Reservation, Dispatch>();

  get report(): LoadReport | undefined {
    return this.#report;
  }

  /** When the report was requested; minus infinity before the first. */
  get requestedAt(): number {
    return this.#requestedAt;
  }

  /** The dispatches that the report may not contain, in kW. */
  get ownDispatches(): number {
    let sum = 0;
    for (const [{ amount }, { isContained }] of this.#dispatches) if (!isContained) sum += amount;
    return sum;
  }

  /** The estimated load, in kW. */
  get load(): number {
    return (this.#report?.load ?? 0) + this.ownDispatches;
  }

  /** Counts a request. Call it before the request is sent. */
  sent(reservation: Reservation): void {
    this.#dispatches.set(reservation, { settledAt: Number.POSITIVE_INFINITY, isContained: false });
  }

  /** Keeps counting an accepted or uncertain request until a report that is requested later. */
  settled(reservation: Reservation, now: number): void {
    const dispatch = this.#dispatches.get(reservation);
    if (dispatch !== undefined) dispatch.settledAt = now;
  }

  /** Stops counting a request that was refused. */
  released(reservation: Reservation): void {
    this.#dispatches.delete(reservation);
  }

  /**
   * Applies a report, unless a newer one was applied before.
   *
   * @param requestedAt when the report was requested, not when it arrived
   * @param containing the reservation whose response carried this report
   */
  reported(report: LoadReport, requestedAt: number, containing?: Reservation): void {
    if (requestedAt < this.#requestedAt) return;
    this.#report = report;
    this.#requestedAt = requestedAt;
    // A poll may have been read before the substation admitted a request whose response arrived first.
    const isPoll = containing === undefined;
    for (const [reservation, dispatch] of this.#dispatches) {
      if (dispatch.settledAt <= requestedAt) this.#dispatches.delete(reservation);
      else if (isPoll) dispatch.isContained = false;
      else if (reservation === containing) dispatch.isContained = true;
    }
  }
}
