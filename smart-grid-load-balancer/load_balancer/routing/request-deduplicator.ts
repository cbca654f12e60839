import {
  type IdentifiedChargeRequest,
  isSameCharge,
  REQUEST_ID_REUSED,
  type RequestHistory,
} from '@gridclock/grid-protocol';
import { LRUCache } from 'lru-cache';
import type { DispatchedCharge, Member } from '../transport/transport.ts';
import type { Placement } from './placement.ts';
import type { RequestDeduplicatorOptions } from './request-deduplicator-options.ts';
import {
  endOfSession,
  noRequestJournal,
  type PossibleHolder,
  placementOf,
  type RequestRecord,
  withoutSecret,
  withRound,
} from './request-records.ts';

type InFlight = {
  request: IdentifiedChargeRequest;
  /** Undefined only while it begins. */
  placement: Promise<Placement> | undefined;
  /** Whether its sender alone knows the id. */
  isNew: boolean;
  /** Resolves once the substation that is being asked is recorded; undefined before it is asked. */
  recorded: Promise<void> | undefined;
};

/** How often forgotten requests are removed from the journal, in milliseconds. */
const PURGE_EVERY_MS = 60_000;

/**
 * Places each request_id once. Concurrent requests with the same id share one placement; later ones get the same
 * session, or continue where the outcome is unknown. Refusals are not remembered: a retry is a new try.
 *
 * Before a substation is asked, it is recorded, so that not even a restart forgets who may have accepted.
 */
export class RequestDeduplicator {
  readonly #options: Required<RequestDeduplicatorOptions>;
  readonly #inFlight = new Map<string, InFlight>();
  readonly #records: LRUCache<string, RequestRecord>;
  #purgedAt: number;

  constructor(options: RequestDeduplicatorOptions) {
    this.#options = {
      wallClock: options.now,
      onRepeat: () => {},
      journal: noRequestJournal,
      isInterrupted: () => Promise.resolve(false),
      complete: () => Promise.resolve(undefined),
      ...options,
    };
    const { journal, limit, now, rememberMs } = this.#options;
    this.#records = new LRUCache({
      max: limit,
      ttl: rememberMs,
      ttlResolution: 0,
      perf: { now },
      dispose: (_record, id, reason) => {
        if (reason !== 'set') journal.remove('requests', id);
      },
    });
    this.#purgedAt = now();
  }

  /**
   * Returns the known placement of a request_id, or else calls `place`. An id that was used for a different
   * request is invalid, with status 409.
   *
   * @param place gets the substation that may have accepted the request before, if any
   * @param history what the sender knows about the id
   */
  async run(
    request: IdentifiedChargeRequest,
    place: (possibleHolder: PossibleHolder | undefined) => Promise<Placement>,
    history: RequestHistory = 'repeated',
  ): Promise<Placement> {
    const id = request.request_id;
    const inFlight = this.#inFlight.get(id);
    const record = this.#records.get(id);
    const known = inFlight?.request ?? record?.request;
    if (known !== undefined && !isSameCharge(known, request)) return conflict;
    if (inFlight !== undefined || record?.accepted !== undefined) {
      this.#options.onRepeat();
      return inFlight?.placement ?? this.#existing(id, record);
    }
    // What cannot be recorded must not be sent; what was sent before is recorded.
    if (this.#options.journal.failure !== undefined && record === undefined)
      return { kind: 'unstorable', usedBefore: history !== 'new', hops: 0 };
    const entry: InFlight = {
      request,
      placement: undefined,
      isNew: history === 'new',
      recorded: undefined,
    };
    // Before it begins: that may send the first message.
    this.#inFlight.set(id, entry);
    try {
      entry.placement = place(record && { member: record.member, rounds: record.rounds ?? [] });
      const placement = await entry.placement;
      this.#remember(request, placement);
      if (entry.recorded !== undefined) await entry.recorded;
      return placement;
    } finally {
      this.#inFlight.delete(id);
    }
  }

  /**
   * Records that a substation is about to be asked. Returns when it may be, or a promise of that: for an id that only
   * this message carries at once, because its sender repeats it with the same id if this process ends. The promise
   * rejects if the record cannot be stored.
   */
  sending(request: DispatchedCharge, member: Member): Promise<void> | undefined {
    const id = request.request_id;
    const known = this.#records.get(id);
    const rounds = withRound(known?.rounds, request.dispatch.round);
    const { journal, wallClock } = this.#options;
    if (known?.member.id === member.id) {
      // Asked again: on record since the first time. Without its round, this process would only wait for more substations.
      if (rounds.length !== known.rounds?.length) this.#set({ ...known, rounds, at: wallClock() });
      return undefined;
    }
    const { vehicle_id, charge_amount, priority, credential } = request;
    const charge = { vehicle_id, charge_amount, priority, request_id: id };
    this.#set({
      request: credential === undefined ? charge : { ...charge, credential },
      member,
      rounds,
      at: wallClock(),
    });
    // Nothing outlives this process anyway.
    if (journal === noRequestJournal) return undefined;
    const recorded = journal.flushed();
    const entry = this.#inFlight.get(id);
    if (!entry?.isNew) return recorded;
    // The substation's own commit takes as long.
    entry.recorded = recorded.catch(() => {});
    return undefined;
  }

  /** Remembers what was recorded before a restart. */
  restore(records: Iterable<readonly [id: string, record: RequestRecord]>): void {
    for (const [id, record] of records) {
      const ttl = this.#remainingMs(record);
      if (ttl > 0) this.#records.set(id, record, { ttl });
      else this.#options.journal.remove('requests', id);
    }
  }

  /** Marks the accepted requests for which `isLost` holds as interrupted, and returns how many there are. */
  interrupt(isLost: (record: RequestRecord) => boolean): number {
    let count = 0;
    for (const record of [...this.#records.values()]) {
      if (record.accepted === undefined || record.interrupted || !isLost(record)) continue;
      this.#set({ ...record, interrupted: true });
      count += 1;
    }
    return count;
  }

  async #existing(id: string, record: RequestRecord | undefined): Promise<Placement> {
    if (record === undefined) throw new Error(`no record of ${id}`);
    if (record.interrupted) return placementOf(record);
    if (!(await this.#options.isInterrupted(record))) {
      const acceptance = await this.#options.complete(record);
      if (acceptance === undefined || record.accepted === undefined) return placementOf(record);
      const completed = { ...record, accepted: { ...record.accepted, acceptance } };
      this.#set(completed);
      return placementOf(completed);
    }
    const interrupted = { ...record, interrupted: true };
    this.#set(interrupted);
    return placementOf(interrupted);
  }

  #remember(request: IdentifiedChargeRequest, placement: Placement): void {
    const { request_id: id } = request;
    const at = this.#options.wallClock();
    const open = (member: Member) => ({ request, at, rounds: this.#records.get(id)?.rounds ?? [], member });
    switch (placement.kind) {
      case 'accepted': {
        const { acceptance, hops, loadBefore, member } = placement;
        this.#set({ request, at, member, accepted: { acceptance, hops, loadBefore } });
        return;
      }
      case 'unknown':
        if (placement.member === undefined) this.#records.delete(id);
        // Only a message makes it uncertain for longer.
        else if (placement.sent) this.#set(open(placement.member));
        return;
      case 'withdrawn':
        // Without one, what an earlier message has recorded still holds.
        if (placement.member !== undefined) this.#set(open(placement.member));
        return;
      default:
        this.#records.delete(id);
    }
  }

  #set(record: RequestRecord): void {
    const { request_id: id } = record.request;
    this.#records.set(id, record, { ttl: Math.max(1, this.#remainingMs(record)) });
    const { journal } = this.#options;
    if (journal !== noRequestJournal) journal.put('requests', id, withoutSecret(record));
    this.#purge();
  }

  /** How long a record is kept: some time after its last change, and after the end of its session. */
  #remainingMs(record: RequestRecord): number {
    const { rememberMs, wallClock } = this.#options;
    const age = Math.max(0, wallClock() - record.at);
    const ageOfEnd = wallClock() - (endOfSession(record) ?? record.at);
    return Math.max(0, Math.ceil(rememberMs - Math.min(age, ageOfEnd)));
  }

  /** Removes what is forgotten from the journal; the cache only removes what is asked for or displaced. */
  #purge(): void {
    const now = this.#options.now();
    if (now - this.#purgedAt < PURGE_EVERY_MS) return;
    this.#purgedAt = now;
    this.#records.purgeStale();
  }
}

const conflict: Placement = {
  kind: 'invalid',
  status: 409,
  body: { error: REQUEST_ID_REUSED, code: 'idempotency_key_reused', field: 'request_id' },
  hops: 0,
};
