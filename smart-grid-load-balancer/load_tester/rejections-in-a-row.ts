import type { RequestRecord } from '../workload/outcome.ts';
import { formatKw } from './assessment/findings.ts';

/** A charging session that this run has started; times in milliseconds from the run's start. */
type Session = { kw: number; endsMs: number };

type Rejections = {
  count: number;
  firstMs: number;
  lastMs: number;
  smallestKw: number;
  largestKw: number;
  tooLarge: number;
};

/** Replaces rejections that follow each other by one line that explains them. */
export class RejectionsInARow {
  #sessions: Session[] = [];
  #row: Rejections | undefined;

  /** Adds a request that has ended. Returns whether it belongs to a row, which `flush` describes. */
  add({ request, startedMs, responseMs, outcome }: RequestRecord): boolean {
    const endedMs = startedMs + responseMs;
    if (outcome.kind === 'rejected') {
      const row = this.#row ?? {
        ...{ count: 0, tooLarge: 0, firstMs: startedMs, lastMs: endedMs },
        ...{ smallestKw: Number.POSITIVE_INFINITY, largestKw: 0 },
      };
      this.#row = {
        ...row,
        count: row.count + 1,
        lastMs: endedMs,
        smallestKw: Math.min(row.smallestKw, request.charge_amount),
        largestKw: Math.max(row.largestKw, request.charge_amount),
        tooLarge: row.tooLarge + (outcome.cause === 'too-large' ? 1 : 0),
      };
      return true;
    }
    // The earliest end: a later one would count sessions that have made room for others.
    if (outcome.kind === 'accepted')
      this.#sessions.push({ kw: outcome.chargeKw, endsMs: startedMs + outcome.durationSeconds * 1_000 });
    return false;
  }

  /** Ends the row in progress. @returns its line, if there is a row */
  flush(): string[] {
    const row = this.#row;
    this.#row = undefined;
    if (row === undefined) return [];
    this.#sessions = this.#sessions.filter(({ endsMs }) => endsMs > row.firstMs);
    const range =
      row.smallestKw === row.largestKw
        ? formatKw(row.smallestKw)
        : `${formatKw(row.smallestKw)} to ${formatKw(row.largestKw)}`;
    return [
      `${`${(row.firstMs / 1_000).toFixed(1)} s`.padStart(8)}  … ${row.count} rejected (${range}): ${this.#explain(row)}`,
    ];
  }

  #explain({ count, tooLarge, lastMs }: Rejections): string {
    if (tooLarge === count) return 'more than any substation has, even when it is empty';
    const runningKw = this.#sessions.reduce((sum, { kw }) => sum + kw, 0);
    const next = Math.min(...this.#sessions.map(({ endsMs }) => endsMs));
    const wait =
      Number.isFinite(next) && next > lastMs
        ? `; the next session ends in ${((next - lastMs) / 1_000).toFixed(1)} s`
        : '';
    const never = tooLarge === 0 ? '' : `, and ${tooLarge} of them exceed every substation`;
    return `vehicles charge about ${formatKw(runningKw)} and no substation has as much left${wait}${never}`;
  }
}
