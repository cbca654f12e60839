import {
  type CapacityRefusal,
  type ChargeAccepted,
  INSUFFICIENT_CAPACITY,
  isSameCharge,
  type Priority,
  type RequestLookup,
  type Session,
  type SubstationChargeRequest,
} from '@gridclock/grid-protocol';
import type { RequestMemory } from './request-memory.ts';

/**
 * Powers are whole milliwatts, so that sums are exact: once all sessions have ended, the load is 0 and not 1e-14.
 * A gigawatt is 1e12 mW; integers are exact up to 9e15.
 */
type Milliwatts = number;

const MILLIWATTS_PER_KILOWATT = 1_000_000;

export type SubstationOptions = {
  id: string;
  /** In kW. */
  maxCapacity: number;
  /** The part of the capacity that only high-priority requests may use, in kW. */
  highPriorityReserve: number;
  memory: RequestMemory;
};

/** The session to start if a request is accepted. `now` is in milliseconds since 1970. */
export type ProposedSession = { sessionId: string; now: number; durationMs: number };

export type ChargeDecision =
  | { kind: 'accepted'; response: ChargeAccepted }
  /** The request was accepted before: this is the original response. */
  | { kind: 'replayed'; response: ChargeAccepted }
  | { kind: 'full'; refusal: CapacityRefusal }
  | { kind: 'draining' }
  /** The request_id belongs to a different request. */
  | { kind: 'conflict' }
  /** The substation has already rejected this or a later message with the same request_id. */
  | { kind: 'superseded' };

type RunningSession = {
  request: SubstationChargeRequest;
  power: Milliwatts;
  startedAt: number;
  endsAt: number;
};

/**
 * A substation: decides which requests to accept, and never exceeds its capacity.
 *
 * Pure: it reads no clock and sets no timer; the caller ends each session.
 */
export class Substation {
  readonly id: string;
  readonly #capacity: Milliwatts;
  readonly #reserve: Milliwatts;
  readonly #memory: RequestMemory;
  #load: Milliwatts = 0;
  #acceptedTotal: Milliwatts = 0;
  readonly #sessions = new Map<string, RunningSession>();
  #draining = false;

  constructor({ id, maxCapacity, highPriorityReserve, memory }: SubstationOptions) {
    this.id = id;
    this.#capacity = toMilliwatts(maxCapacity);
    this.#reserve = highPriorityReserve === 0 ? 0 : toMilliwatts(highPriorityReserve);
    this.#memory = memory;
  }

  /** In kW. */
  get load(): number {
    return toKilowatts(this.#load);
  }

  /** In kW. */
  get capacity(): number {
    return toKilowatts(this.#capacity);
  }

  /** In kW. */
  get highPriorityReserve(): number {
    return toKilowatts(this.#reserve);
  }

  /** The sum of all accepted charge_amounts, in kW. */
  get acceptedTotal(): number {
    return toKilowatts(this.#acceptedTotal);
  }

  get activeSessions(): number {
    return this.#sessions.size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** The load in percent of the capacity. */
  get utilization(): number {
    return (100 * this.#load) / this.#capacity;
  }

  /** The power that a request of this priority may still use, in kW. */
  available(priority: Priority): number {
    return toKilowatts(this.#availableTo(priority));
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
    const power = toMilliwatts(request.charge_amount);
    const fits = power <= this.#availableTo(request.priority);
    if (fits && !this.#draining) return { kind: 'accepted', response: this.#start(request, power, proposed) };
    if (requestId !== undefined && dispatch !== undefined) this.#memory.fence(requestId, dispatch);
    return this.#draining ? { kind: 'draining' } : { kind: 'full', refusal: this.#refusal(request.priority) };
  }

  /**
   * Returns the response to an accepted request_id. For an unknown one, rejects all messages before `dispatch`
   * from now on: the balancer may then place the request at another substation.
   */
  lookup({ request_id, dispatch }: RequestLookup): ChargeAccepted | undefined {
    const known = this.#memory.find(request_id);
    if (known === undefined) this.#memory.fence(request_id, dispatch);
    return known?.response;
  }

  /** Ends a session and releases its load. Returns its last state, or undefined if there is no such session. */
  end(sessionId: string, now: number): Session | undefined {
    const running = this.#sessions.get(sessionId);
    if (running === undefined) return undefined;
    this.#sessions.delete(sessionId);
    this.#load -= running.power;
    if (running.request.request_id !== undefined) this.#memory.recordEnd(running.request.request_id);
    return this.#describe(sessionId, running, now);
  }

  /** Rejects new sessions from now on. Running sessions continue. */
  drain(): void {
    this.#draining = true;
  }

  /** Returns a running session, or undefined if there is no such session. */
  session(sessionId: string, now: number): Session | undefined {
    const running = this.#sessions.get(sessionId);
    return running === undefined ? undefined : this.#describe(sessionId, running, now);
  }

  /** All running sessions. */
  sessions(now: number): Session[] {
    return [...this.#sessions].map(([id, running]) => this.#describe(id, running, now));
  }

  #refusal(priority: Priority): CapacityRefusal {
    return {
      error: INSUFFICIENT_CAPACITY,
      current_load: this.load,
      max_capacity: this.capacity,
      available_capacity: this.available(priority),
    };
  }

  #availableTo(priority: Priority): Milliwatts {
    const usable = priority === 'high' ? this.#capacity : this.#capacity - this.#reserve;
    return Math.max(0, usable - this.#load);
  }

  #start(
    request: SubstationChargeRequest,
    power: Milliwatts,
    { sessionId, now, durationMs }: ProposedSession,
  ): ChargeAccepted {
    this.#load += power;
    this.#acceptedTotal += power;
    this.#sessions.set(sessionId, { request, power, startedAt: now, endsAt: now + durationMs });
    const response: ChargeAccepted = {
      status: 'accepted',
      session_id: sessionId,
      substation_id: this.id,
      vehicle_id: request.vehicle_id,
      charge_amount: request.charge_amount,
      estimated_duration: durationMs / 1000,
      start_time: isoTime(now),
      current_load: this.load,
      max_capacity: this.capacity,
      ...(request.request_id === undefined ? {} : { request_id: request.request_id }),
    };
    if (request.request_id !== undefined) this.#memory.recordStart(request.request_id, { request, response });
    return response;
  }

  #describe(sessionId: string, { request, startedAt, endsAt }: RunningSession, now: number): Session {
    return {
      session_id: sessionId,
      substation_id: this.id,
      vehicle_id: request.vehicle_id,
      charge_amount: request.charge_amount,
      priority: request.priority,
      start_time: isoTime(startedAt),
      remaining_time: Math.max(0, endsAt - now) / 1000,
    };
  }
}

/** To the nearest milliwatt, and at least 1, so that no request charges for free. */
function toMilliwatts(kilowatts: number): Milliwatts {
  return Math.max(1, Math.round(kilowatts * MILLIWATTS_PER_KILOWATT));
}

function toKilowatts(milliwatts: Milliwatts): number {
  return milliwatts / MILLIWATTS_PER_KILOWATT;
}

function isoTime(millisecondsSince1970: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: formats a time that is passed in.
  return new Date(millisecondsSince1970).toISOString();
}
