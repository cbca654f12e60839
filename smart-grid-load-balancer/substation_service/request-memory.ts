import type { DispatchOrder, RequestFence } from '@gridclock/grid-protocol';
import { LRUCache } from 'lru-cache';
import { type AcceptedCharge, noJournal, type SubstationJournal } from './session-records.ts';

export type RequestMemoryOptions = {
  /** How long the request of an ended session is remembered, in milliseconds. */
  rememberMs: number;
  /** The maximum number of remembered requests of ended sessions, and of remembered rejections. */
  limit: number;
  /** Monotonic, in milliseconds. */
  now: () => number;
  /** Milliseconds since 1970, for what is kept over a restart. `now` by default. */
  wallClock?: () => number;
  journal?: SubstationJournal;
};

/** How often forgotten requests are removed from the journal, in milliseconds. */
const PURGE_EVERY_MS = 60_000;

/**
 * Makes charging idempotent: remembers requests by request_id, so that a repeated request charges once.
 *
 * It remembers an accepted request while its session is running and `rememberMs` longer. For a rejected request
 * it remembers a fence, the dispatch order of the rejected message: its sender may since have found another
 * substation, so a delayed copy must not be accepted. Only a message with a later order may.
 */
export class RequestMemory {
  readonly #options: Required<RequestMemoryOptions>;
  readonly #running = new Map<string, AcceptedCharge>();
  readonly #ended: LRUCache<string, AcceptedCharge>;
  readonly #fences: LRUCache<string, RequestFence>;
  #purgedAt: number;

  constructor(options: RequestMemoryOptions) {
    this.#options = { wallClock: options.now, journal: noJournal, ...options };
    const { journal, limit, now, rememberMs } = this.#options;
    const table = <Value extends object>(name: 'requests' | 'fences') =>
      new LRUCache<string, Value>({
        max: limit,
        ttl: rememberMs,
        ttlResolution: 0,
        perf: { now },
        dispose: (_value, key, reason) => {
          if (reason !== 'set') journal.remove(name, key);
        },
      });
    this.#ended = table('requests');
    this.#fences = table('fences');
    this.#purgedAt = now();
  }

  /** Returns undefined if the request was never accepted or has been forgotten. */
  find(requestId: string): AcceptedCharge | undefined {
    return this.#running.get(requestId) ?? this.#ended.get(requestId);
  }

  /** Records a request whose session has started. It is kept until `recordEnd`. */
  recordStart(requestId: string, charge: AcceptedCharge): void {
    this.#running.set(requestId, charge);
    this.#fences.delete(requestId);
  }

  /** Records that the request's session has ended, so that it may be forgotten. */
  recordEnd(requestId: string): void {
    const charge = this.#running.get(requestId);
    if (charge === undefined) return;
    this.#running.delete(requestId);
    this.#ended.set(requestId, charge);
    const record = Object.assign({}, charge, { at: this.#options.wallClock() });
    this.#options.journal.put('requests', requestId, record);
    this.#purge();
  }

  /** Forgets a request whose session could not be stored: its sender learns that it was not accepted. */
  withdraw(requestId: string): void {
    this.#running.delete(requestId);
  }

  /** Fences off all messages about the request up to and including `order`. */
  fence(requestId: string, order: RequestFence): void {
    const fence = this.#fences.get(requestId);
    if (fence !== undefined && !isAfter(order, fence)) return;
    this.#fences.set(requestId, order);
    this.#options.journal.put('fences', requestId, { order, at: this.#options.wallClock() });
    this.#purge();
  }

  /** Records that a round has ended without a session, unless another one has been handled since. */
  settle(requestId: string, { round, attempt }: DispatchOrder): void {
    if (this.#fences.get(requestId)?.round === round)
      this.fence(requestId, { round, attempt, settled: true });
  }

  /** Returns the request's fence, or undefined if no message about it was rejected, as far as is remembered. */
  fenceOf(requestId: string): RequestFence | undefined {
    return this.#fences.get(requestId);
  }

  /** Whether a message about the request is behind its fence. */
  isFenced(requestId: string, order: DispatchOrder): boolean {
    const fence = this.fenceOf(requestId);
    return fence !== undefined && !isAfter(order, fence);
  }

  /** Remembers the request of a session that ended at `at`, in milliseconds since 1970, before a restart. */
  restoreEnded(requestId: string, charge: AcceptedCharge, at: number): void {
    this.#restore(this.#ended, 'requests', requestId, charge, at);
  }

  /** Remembers a fence set at `at`, in milliseconds since 1970, before a restart. */
  restoreFence(requestId: string, order: RequestFence, at: number): void {
    this.#restore(this.#fences, 'fences', requestId, order, at);
  }

  #restore<Value extends object>(
    cache: LRUCache<string, Value>,
    table: 'requests' | 'fences',
    requestId: string,
    value: Value,
    at: number,
  ): void {
    const { journal, now, rememberMs, wallClock } = this.#options;
    // A clock that was set back must not make it young for longer than it may be remembered.
    const ageMs = Math.max(0, wallClock() - at);
    if (ageMs >= rememberMs) journal.remove(table, requestId);
    else cache.set(requestId, value, { start: now() - ageMs });
  }

  /** Removes what is forgotten from the journal; the caches only remove what is asked for or displaced. */
  #purge(): void {
    const now = this.#options.now();
    if (now - this.#purgedAt < PURGE_EVERY_MS) return;
    this.#purgedAt = now;
    this.#ended.purgeStale();
    this.#fences.purgeStale();
  }
}

function isAfter(a: DispatchOrder, b: DispatchOrder): boolean {
  return a.round > b.round || (a.round === b.round && a.attempt > b.attempt);
}
