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
import { type Milliwatts, toKilowatts, toMilliwatts } from './power.ts';
import type { RequestMemory } from './request-memory.ts';

export type SubstationOptions = {
  id: string;
  /** In kW. */
  maxCapacity: number;
  /** Part of it that only high priority may use, in kW. */
  highPriorityReserve: number;
  memory: RequestMemory;
};

/** Chance and time for one request. Times in milliseconds since 1970. */
export type Circumstances = { sessionId: string; now: number; durationMs: number };

export type Admission =
  | { kind: 'accepted'; answer: ChargeAccepted }
  /** Accepted before: the answer is the one from then. */
  | { kind: 'replayed'; answer: ChargeAccepted }
  | { kind: 'full'; refusal: CapacityRefusal }
  | { kind: 'draining' }
  /** The request_id belongs to a different request. */
  | { kind: 'conflict' }
  /** A later message about the same request_id was answered before. */
  | { kind: 'superseded' };

type Running = {
  request: SubstationChargeRequest;
  power: Milliwatts;
  startedAt: number;
  endsAt: number;
};

/**
 * One substation: it alone decides what it takes, each admission in one step, and never exceeds its capacity.
 * Pure: sessions end when the caller says so.
 */
export class Substation {
  readonly id: string;
  readonly #capacity: Milliwatts;
  readonly #reserve: Milliwatts;
  readonly #memory: RequestMemory;
  #load: Milliwatts = 0;
  #acceptedTotal: Milliwatts = 0;
  readonly #sessions = new Map<string, Running>();
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

  /** Sum of all that was ever accepted, in kW, without the rounding errors of a sum of fractions. */
  get acceptedTotal(): number {
    return toKilowatts(this.#acceptedTotal);
  }

  get activeSessions(): number {
    return this.#sessions.size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Percent of the capacity in use. */
  get utilization(): number {
    return (100 * this.#load) / this.#capacity;
  }

  /** What is left for a priority, in kW. */
  available(priority: Priority): number {
    return toKilowatts(this.#room(priority));
  }

  /** Decides on one request. Whatever is not `accepted` leaves the load as it was. */
  admit(request: SubstationChargeRequest, circumstances: Circumstances): Admission {
    const { request_id: requestId, dispatch } = request;
    const known = requestId === undefined ? undefined : this.#memory.find(requestId);
    if (known !== undefined) {
      return isSameCharge(known.request, request)
        ? { kind: 'replayed', answer: known.answer }
        : { kind: 'conflict' };
    }
    if (requestId !== undefined && dispatch !== undefined) {
      if (this.#memory.isTooLate(requestId, dispatch)) return { kind: 'superseded' };
    }
    const power = toMilliwatts(request.charge_amount);
    const fits = power <= this.#room(request.priority);
    if (fits && !this.#draining)
      return { kind: 'accepted', answer: this.#start(request, power, circumstances) };
    if (requestId !== undefined && dispatch !== undefined) this.#memory.refused(requestId, dispatch);
    return this.#draining ? { kind: 'draining' } : { kind: 'full', refusal: this.refusal(request.priority) };
  }

  /**
   * The answer once given to a request_id. Where there is none, messages that were sent before this question
   * are too late from now on, so that whoever asks may look for another place.
   */
  lookup({ request_id, dispatch }: RequestLookup): ChargeAccepted | undefined {
    const known = this.#memory.find(request_id);
    if (known === undefined) this.#memory.refused(request_id, dispatch);
    return known?.answer;
  }

  /** Ends a session and gives its load back. Returns the session as it was, or undefined where there is none. */
  end(sessionId: string, now: number): Session | undefined {
    const running = this.#sessions.get(sessionId);
    if (running === undefined) return undefined;
    this.#sessions.delete(sessionId);
    this.#load -= running.power;
    if (running.request.request_id !== undefined) this.#memory.ended(running.request.request_id);
    return this.#describe(sessionId, running, now);
  }

  /** No new sessions from now on; those that run go on. */
  drain(): void {
    this.#draining = true;
  }

  /** A running session; undefined where there is none of that id. */
  session(sessionId: string, now: number): Session | undefined {
    const running = this.#sessions.get(sessionId);
    return running === undefined ? undefined : this.#describe(sessionId, running, now);
  }

  sessions(now: number): Session[] {
    return [...this.#sessions].map(([id, running]) => this.#describe(id, running, now));
  }

  /** What a request of that priority is told when it does not fit. */
  refusal(priority: Priority): CapacityRefusal {
    return {
      error: INSUFFICIENT_CAPACITY,
      current_load: this.load,
      max_capacity: this.capacity,
      available_capacity: this.available(priority),
    };
  }

  #room(priority: Priority): Milliwatts {
    const usable = priority === 'high' ? this.#capacity : this.#capacity - this.#reserve;
    return Math.max(0, usable - this.#load);
  }

  #start(
    request: SubstationChargeRequest,
    power: Milliwatts,
    { sessionId, now, durationMs }: Circumstances,
  ): ChargeAccepted {
    this.#load += power;
    this.#acceptedTotal += power;
    this.#sessions.set(sessionId, { request, power, startedAt: now, endsAt: now + durationMs });
    const answer: ChargeAccepted = {
      status: 'accepted',
      session_id: sessionId,
      substation_id: this.id,
      vehicle_id: request.vehicle_id,
      charge_amount: request.charge_amount,
      estimated_duration: durationMs / 1000,
      start_time: new Date(now).toISOString(),
      current_load: this.load,
      max_capacity: this.capacity,
      ...(request.request_id === undefined ? {} : { request_id: request.request_id }),
    };
    if (request.request_id !== undefined) this.#memory.accepted(request.request_id, { request, answer });
    return answer;
  }

  #describe(sessionId: string, { request, startedAt, endsAt }: Running, now: number): Session {
    return {
      session_id: sessionId,
      substation_id: this.id,
      vehicle_id: request.vehicle_id,
      charge_amount: request.charge_amount,
      priority: request.priority,
      start_time: new Date(startedAt).toISOString(),
      remaining_time: Math.max(0, endsAt - now) / 1000,
    };
  }
}
