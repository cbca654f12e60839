import {
  type CapacityRefusal,
  type ChargeAccepted,
  INSUFFICIENT_CAPACITY,
  isSameCharge,
  originOfSession,
  type Priority,
  type RequestFence,
  type RequestLookup,
  type Session,
  type SessionEndState,
  type SubstationChargeRequest,
} from '@gridclock/grid-protocol';
import { acceptance } from './acceptance.ts';
import { Capacity } from './capacity.ts';
import type { ChargeDecision, ProposedSession } from './charge-decision.ts';
import { toKilowatts, toMilliwatts } from './power.ts';
import type { RequestMemory } from './request-memory.ts';
import { describeSession, type EndedSessionReport } from './session-description.ts';
import type { SessionEnd, SubstationRecords, Totals } from './session-records.ts';
import { remainingMs, SessionTable } from './session-table.ts';
import type { SubstationOptions } from './substation-options.ts';

/** The most sessions at once: more than any site has connectors. Their list is at most 32 MiB of JSON. */
export const MAX_SESSIONS = 100_000;

/**
 * A substation: decides which requests to accept, and never exceeds its capacity.
 *
 * Pure: it reads no clock and sets no timer; the caller ends each session.
 */
export class Substation {
  readonly id: string;
  readonly life: string | undefined;
  readonly #capacity: Capacity;
  readonly #memory: RequestMemory;
  readonly #table: SessionTable;
  #draining = false;
  #storageFailed = false;

  constructor({
    id,
    life,
    maxCapacity,
    highPriorityReserve,
    memory,
    table = new SessionTable(),
  }: SubstationOptions) {
    this.id = id;
    this.life = life;
    this.#table = table;
    this.#capacity = new Capacity(maxCapacity, highPriorityReserve);
    this.#memory = memory;
  }

  /** In kW. */
  get load(): number {
    return toKilowatts(this.#table.load);
  }

  /** In kW. */
  get capacity(): number {
    return this.#capacity.total;
  }

  /** In kW. */
  get highPriorityReserve(): number {
    return this.#capacity.reserve;
  }

  /** The sum of all accepted charge_amounts, in kW. */
  get acceptedTotal(): number {
    return toKilowatts(this.#table.totals.acceptedPower);
  }

  /** What it has counted, over all its restarts. */
  get totals(): Totals {
    return this.#table.totals;
  }

  get storageFailed(): boolean {
    return this.#storageFailed;
  }

  get activeSessions(): number {
    return this.#table.size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** The load in percent of the capacity. */
  get utilization(): number {
    return this.#capacity.utilization(this.#table.load);
  }

  /** The power that a request of this priority may still use, in kW. */
  available(priority: Priority): number {
    return toKilowatts(this.#capacity.available(priority, this.#table.load));
  }

  /** Decides on one request. Only the decision `accepted` changes the load. */
  admit(request: SubstationChargeRequest, proposed: ProposedSession): ChargeDecision {
    const { request_id: requestId, dispatch } = request;
    const known = requestId === undefined ? undefined : this.#memory.find(requestId);
    if (known !== undefined) {
      return isSameCharge(known.request, request)
        ? { kind: 'replayed', response: known.response }
        : { kind: 'conflict' };
    }
    if (requestId !== undefined && dispatch !== undefined) {
      if (this.#memory.isFenced(requestId, dispatch)) return { kind: 'superseded' };
    }
    // Before any fence: it could not be stored either.
    if (this.#storageFailed) return { kind: 'unstorable' };
    const power = toMilliwatts(request.charge_amount);
    const available = this.#capacity.available(request.priority, this.#table.load);
    const fits = power <= available && this.#table.size < MAX_SESSIONS;
    if (fits && !this.#draining) return { kind: 'accepted', response: this.#start(request, proposed) };
    if (requestId !== undefined && dispatch !== undefined) this.#memory.fence(requestId, dispatch);
    return this.#draining ? { kind: 'draining' } : { kind: 'full', refusal: this.#refusal(request.priority) };
  }

  /**
   * Returns the response to an accepted request_id. For an unknown one, rejects all messages before `dispatch`
   * from now on: the balancer may then place the request at another substation.
   */
  lookup({ request_id, dispatch, settled }: RequestLookup): ChargeAccepted | undefined {
    const known = this.#memory.find(request_id);
    if (known === undefined && settled) this.#memory.settle(request_id, dispatch);
    else if (known === undefined) this.#memory.fence(request_id, dispatch);
    return known?.response;
  }

  /** Returns the latest message about a request_id that was rejected or looked up, as far as is remembered. */
  lastRejected(requestId: string): RequestFence | undefined {
    return this.#memory.fenceOf(requestId);
  }

  /** Ends a session and releases its load. Returns its last state, or undefined if there is no such session. */
  end(sessionId: string, now: number, end: SessionEnd = 'completed'): EndedSessionReport | undefined {
    const ended = this.#table.end(sessionId, end, now);
    if (ended === undefined) return undefined;
    const { energy, session } = ended;
    const { request_id: requestId, dispatch } = session.request;
    if (requestId !== undefined) {
      if (end !== 'withdrawn') this.#memory.recordEnd(requestId);
      else {
        this.#memory.withdraw(requestId);
        if (dispatch !== undefined) this.#memory.fence(requestId, dispatch);
      }
    }
    return Object.assign(describeSession(this.id, sessionId, session, now), { energy_joules: energy });
  }

  /**
   * Continues with what it remembered before a restart: sessions whose time is over end, the others keep the time they
   * have left.
   */
  restore({ sessions, requests, fences }: SubstationRecords, now: number): void {
    for (const [id, { at, ...charge }] of requests) this.#memory.restoreEnded(id, charge, at);
    for (const [id, { at, order }] of fences) this.#memory.restoreFence(id, order, at);
    for (const [id, session] of sessions) {
      this.#table.restore(id, session);
      const { request_id: requestId } = session.request;
      if (requestId !== undefined) this.#memory.recordStart(requestId, session);
    }
    for (const [id, session] of [...this.#table.entries()]) if (session.endsAt <= now) this.end(id, now);
  }

  /** Adapts to a wall clock that was set: no session gets shorter or longer. */
  clockWasSet(byMs: number): void {
    this.#table.shift(byMs);
  }

  /** Rejects new sessions while they could not be stored. */
  setStorageFailed(failed: boolean): void {
    this.#storageFailed = failed;
  }

  /** Rejects new sessions from now on. Running sessions continue. */
  drain(): void {
    this.#draining = true;
  }

  /** Accepts sessions again after `drain`. */
  resume(): void {
    this.#draining = false;
  }

  /** Returns a running session, or undefined if there is no such session. */
  session(sessionId: string, now: number): Session | undefined {
    const running = this.#table.get(sessionId);
    return running === undefined ? undefined : describeSession(this.id, sessionId, running, now);
  }

  /**
   * Says how a session that is not running ended, by its id alone. Undefined if this substation never had it.
   *
   * A session of an earlier life counts as interrupted: how many of them had finished before is not known here.
   */
  endOf(sessionId: string): SessionEndState | undefined {
    const origin = originOfSession(sessionId);
    if (origin === undefined || origin.substationId !== this.id || this.#table.get(sessionId))
      return undefined;
    return origin.life === this.life ? 'finished' : 'interrupted';
  }

  /** The milliseconds that each running session has left, by id. */
  *remaining(now: number): Iterable<readonly [id: string, ms: number]> {
    for (const [id, session] of this.#table.entries()) yield [id, remainingMs(session, now)];
  }

  /** All running sessions. */
  sessions(now: number): Session[] {
    return [...this.#table.entries()].map(([id, running]) => describeSession(this.id, id, running, now));
  }

  #refusal(priority: Priority): CapacityRefusal {
    return {
      error: INSUFFICIENT_CAPACITY,
      current_load: this.load,
      max_capacity: this.capacity,
      available_capacity: this.available(priority),
    };
  }

  #start(request: SubstationChargeRequest, { sessionId, now, durationMs }: ProposedSession): ChargeAccepted {
    const response = acceptance(request, {
      sessionId,
      now,
      durationMs,
      substationId: this.id,
      load: toKilowatts(this.#table.load + toMilliwatts(request.charge_amount)),
      capacity: this.capacity,
    });
    this.#table.start(sessionId, { request, response, startedAt: now, endsAt: now + durationMs });
    if (request.request_id !== undefined) this.#memory.recordStart(request.request_id, { request, response });
    return response;
  }
}
