import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type {
  ChargeReply,
  DispatchedCharge,
  Member,
  SessionReply,
  Transport,
} from '../../load_balancer/transport/transport.ts';
import type { ChargeDecision, Substation } from '../../substation_service/substation.ts';
import { createSubstation } from '../support/substation.ts';

/** What may happen to one message on its way. */
export type Fault =
  /** It arrives, and its answer does not come back. */
  | 'answer-lost'
  /** It does not arrive, and nobody can tell. */
  | 'message-lost'
  /** It is held up, and arrives when the network is told to deliver. */
  | 'held'
  /** No connection is made. */
  | 'unreachable'
  /** The process is not there; whatever it ran is gone. */
  | 'gone';

/** Real substations, and a network between them and the balancer that fails as it is told to. */
export class InMemoryGrid implements Transport {
  readonly members: Member[];
  /** Every charge message that was sent: to whom. */
  readonly sent: string[] = [];
  readonly #substations = new Map<string, Substation>();
  readonly #faults = new Map<string, Fault[]>();
  #held: (() => void)[] = [];
  #sessions = 0;

  constructor(capacities: Record<string, number>) {
    this.members = Object.keys(capacities).map((id) => ({ id, url: `memory:${id}` }));
    for (const [id, capacity] of Object.entries(capacities)) this.#start(id, capacity);
  }

  substation(id: string): Substation {
    const substation = this.#substations.get(id);
    if (substation === undefined) throw new Error(`no substation ${id}`);
    return substation;
  }

  /** The next messages to a substation meet these faults, one each. */
  fail(id: string, ...faults: Fault[]): void {
    this.#faults.set(id, faults);
  }

  deliverHeld(): void {
    for (const deliver of this.#held.splice(0)) deliver();
  }

  /** Where a vehicle is charging, once per session. */
  placesOf(vehicle: string): string[] {
    return this.members.flatMap(({ id }) =>
      this.substation(id)
        .sessions(0)
        .filter(({ vehicle_id }) => vehicle_id === vehicle)
        .map(() => id),
    );
  }

  charge: Transport['charge'] = async ({ id }, request) => {
    this.sent.push(id);
    return this.#carry(id, () => replyTo(this.#admit(id, request)));
  };

  lookup: Transport['lookup'] = async ({ id }, lookup) =>
    this.#carry(id, () => {
      const known = this.substation(id).lookup(lookup) !== undefined;
      return { kind: known ? 'known' : 'not-known' } as const;
    });

  sessions: Transport['sessions'] = async ({ id }) =>
    this.#carry(id, () => ({ kind: 'sessions', sessions: this.substation(id).sessions(0) }) as const);

  session: Transport['session'] = async ({ id }, sessionId) =>
    this.#carry(id, () => sessionReply(this.substation(id).session(sessionId, 0)));

  stopSession: Transport['stopSession'] = async ({ id }, sessionId) =>
    this.#carry(id, () => {
      const substation = this.substation(id);
      const session = substation.end(sessionId, 0);
      return sessionReply(
        session && { ...session, current_load: substation.load, max_capacity: substation.capacity },
      );
    });

  report: Transport['report'] = async ({ id }) => {
    const { capacity, draining, load } = this.substation(id);
    return { load, capacity, draining, name: id };
  };

  #admit(id: string, request: DispatchedCharge): ChargeDecision {
    this.#sessions += 1;
    return this.substation(id).admit(request, {
      sessionId: `${id}~${this.#sessions}`,
      now: 0,
      durationMs: 10_000,
    });
  }

  #carry<Reply>(id: string, act: () => Reply) {
    const fault = this.#faults.get(id)?.shift();
    switch (fault) {
      case undefined:
        return act();
      case 'answer-lost':
        act();
        return { kind: 'ambiguous', reason: fault } as const;
      case 'message-lost':
        return { kind: 'ambiguous', reason: fault } as const;
      case 'held':
        this.#held.push(act);
        return { kind: 'ambiguous', reason: fault } as const;
      case 'unreachable':
        return { kind: 'unreachable', reason: fault } as const;
      case 'gone':
        this.#start(id, this.substation(id).capacity);
        // What was on its way to the process ends with it.
        this.#held = [];
        return { kind: 'gone', reason: fault } as const;
    }
  }

  #start(id: string, maxCapacity: number): void {
    this.#substations.set(id, createSubstation({ id, maxCapacity }));
  }
}

function replyTo(decision: ChargeDecision): ChargeReply {
  switch (decision.kind) {
    case 'accepted':
    case 'replayed':
      return { kind: 'accepted', answer: decision.response, replayed: decision.kind === 'replayed' };
    case 'conflict':
      return { kind: 'rejected', status: 409, body: { field: 'request_id' } };
    default:
      return decision;
  }
}

function sessionReply(body: Record<string, unknown> | undefined): SessionReply {
  return body === undefined ? { kind: 'none' } : { kind: 'found', body };
}

/** Time that takes a millisecond per look and never makes anyone wait. */
export function hastyClock(): Scheduler {
  let now = 0;
  return {
    now: () => ++now,
    after(ms, run) {
      now += ms;
      queueMicrotask(run);
      return () => {};
    },
  };
}
