import type { ConsideredSubstation, Decision, IdentifiedChargeRequest } from '@gridclock/grid-protocol';
import { available, type Candidate, fits } from '../fleet/candidate.ts';
import type { Placement } from './placement.ts';

export type DecisionFeedOptions = {
  policyName: () => string;
  /** Milliseconds, of the view's clock. */
  now: () => number;
  /** Milliseconds since 1970. */
  wallClock: () => number;
};

/** 64 KiB: the decisions of about a second of a rush hour; a watcher asks twice a second. */
const KEPT_BYTES = 64 * 1024;

/** 12: more candidates than a page can show of one decision. */
const SHOWN_CANDIDATES = 12;

/** 10 s: a watcher asks twice a second; after ten silent seconds there is none. */
const WATCHED_MS = 10_000;

type Reasons = { policy: string; candidates: ConsideredSubstation[]; omitted: number; asked: string[] };

/** Keeps the latest decisions, limited in bytes. While nobody watches, it only counts outcomes. */
export class DecisionFeed {
  readonly #options: DecisionFeedOptions;
  readonly #outcomes = new Map<string, number>();
  /** By the request itself, so that a request that is given up leaves nothing behind. */
  readonly #reasons = new WeakMap<IdentifiedChargeRequest, Reasons>();
  #kept: { decision: Decision; bytes: number }[] = [];
  #bytes = 0;
  #lastSeq: number;
  #watchedUntil = Number.NEGATIVE_INFINITY;

  constructor(options: DecisionFeedOptions) {
    this.#options = options;
    this.#lastSeq = options.wallClock();
  }

  /** How often each outcome has occurred. */
  get outcomes(): Record<string, number> {
    return Object.fromEntries(this.#outcomes);
  }

  /** Records what the policy chooses from. The candidates are only looked at while somebody watches. */
  considering(request: IdentifiedChargeRequest, candidates: () => readonly Candidate[]): void {
    if (!this.#isWatched) return;
    const all = candidates();
    this.#reasons.set(request, {
      policy: this.#options.policyName(),
      candidates: all.slice(0, SHOWN_CANDIDATES).map((candidate) => ({
        id: candidate.id,
        load: candidate.load,
        capacity: candidate.capacity,
        fits: fits(request.charge_amount, available(candidate)),
      })),
      omitted: Math.max(0, all.length - SHOWN_CANDIDATES),
      asked: [],
    });
  }

  /** Records whom a request has asked. */
  asked(request: IdentifiedChargeRequest, substations: Iterable<string>): void {
    const reasons = this.#reasons.get(request);
    if (reasons !== undefined) reasons.asked = [...substations].slice(0, SHOWN_CANDIDATES);
  }

  /** Records the outcome of a request. */
  placed(request: IdentifiedChargeRequest, placement: Placement): void {
    this.#outcomes.set(placement.kind, (this.#outcomes.get(placement.kind) ?? 0) + 1);
    if (!this.#isWatched) return;
    const none = { policy: this.#options.policyName(), candidates: [], omitted: 0, asked: [] };
    const { charge_amount: amount, priority } = request;
    this.#lastSeq += 1;
    const decision: Decision = {
      seq: this.#lastSeq,
      at: this.#options.wallClock(),
      amount,
      priority,
      outcome: placement.kind,
      ...(placement.kind === 'accepted' ? sessionOf(placement) : {}),
      ...('waitedMs' in placement ? { waited_ms: Math.round(placement.waitedMs ?? 0) } : {}),
      ...(this.#reasons.get(request) ?? none),
    };
    this.#keep(decision);
  }

  /** Returns the decisions after one, oldest first, and counts its caller as a watcher for some seconds. */
  since(seq: number): Decision[] {
    if (!this.#isWatched) this.#forgetAll();
    this.#watchedUntil = this.#options.now() + WATCHED_MS;
    return this.#kept.flatMap(({ decision }) => (decision.seq > seq ? [decision] : []));
  }

  get #isWatched(): boolean {
    const isWatched = this.#options.now() < this.#watchedUntil;
    if (!isWatched && this.#kept.length > 0) this.#forgetAll();
    return isWatched;
  }

  #keep(decision: Decision): void {
    const bytes = JSON.stringify(decision).length;
    this.#kept.push({ decision, bytes });
    this.#bytes += bytes;
    while (this.#bytes > KEPT_BYTES) this.#bytes -= this.#kept.shift()?.bytes ?? this.#bytes;
  }

  #forgetAll(): void {
    this.#kept = [];
    this.#bytes = 0;
  }
}

/** Where the session is and, unless the substation is another implementation, how long it lasts. */
function sessionOf({ acceptance, member }: Extract<Placement, { kind: 'accepted' }>) {
  const { estimated_duration: duration } = acceptance;
  return { substation: member.id, ...(typeof duration === 'number' ? { duration_s: duration } : {}) };
}
