import { sessionIdOf, sessionSecretOf, uniqueInLife } from '@gridclock/grid-protocol';
import type {
  ChargeReply,
  DispatchedCharge,
  Member,
  SessionReply,
  Transport,
} from '../../load_balancer/transport/transport.ts';
import type { ChargeDecision } from '../../substation_service/charge-decision.ts';
import { SessionSecrets } from '../../substation_service/session-secrets.ts';
import type { Substation } from '../../substation_service/substation.ts';
import type { GrayFailure, MessageFault } from './message-fault.ts';
import { createSubstation } from './substation.ts';

export type InMemoryGridOptions = {
  /** Whether substations keep their sessions when they are `down`. */
  durable?: boolean;
  /** If set, substations report their lives, and session ids carry this end, in milliseconds since 1970. */
  endsAt?: number;
  /** Whether substations are another implementation, without lookups. */
  withoutLookups?: boolean;
};

/** Real substations behind an in-memory network with injected faults. */
export class InMemoryGrid implements Transport {
  readonly members: Member[];
  /** How a message without a response takes its time; by default it takes none. */
  wait: (ms: number) => Promise<void> = async () => {};
  /** The receiver of every charge message sent. */
  readonly sent: string[] = [];
  /** The receiver of every lookup sent. */
  readonly lookedUp: string[] = [];
  readonly #substations = new Map<string, Substation>();
  readonly #secrets = new Map<string, SessionSecrets>();
  #issued = 0;
  readonly #faults = new Map<string, MessageFault[]>();
  readonly #gray = new Map<string, GrayFailure>();
  #held: (() => void)[] = [];
  #sessions = 0;

  readonly #options: InMemoryGridOptions;
  #lives = 0;

  constructor(capacities: Record<string, number>, options: InMemoryGridOptions = {}) {
    this.#options = options;
    this.members = Object.keys(capacities).map((id) => ({ id, url: `memory:${id}` }));
    for (const [id, capacity] of Object.entries(capacities)) this.#start(id, capacity);
  }

  substation(id: string): Substation {
    const substation = this.#substations.get(id);
    if (substation === undefined) throw new Error(`no substation ${id}`);
    return substation;
  }

  /** Injects faults into the next messages to a substation, one each. */
  fail(id: string, ...faults: MessageFault[]): void {
    this.#faults.set(id, faults);
  }

  /** Lets all charges at a substation fail, until `mend`. Its polls succeed. */
  breakCharges(id: string, failure: GrayFailure): void {
    this.#gray.set(id, failure);
  }

  mend(id: string): void {
    this.#gray.delete(id);
  }

  /** Restarts a substation, without its sessions unless it is durable. */
  restart(id: string): void {
    if (!this.#options.durable) this.#start(id, this.substation(id).capacity);
  }

  deliverHeld(): void {
    for (const deliver of this.#held.splice(0)) deliver();
  }

  /** Starts a session that the balancer does not know of. */
  fill(id: string, kilowatts: number): void {
    this.substation(id).admit(
      { vehicle_id: 'other', charge_amount: kilowatts, priority: 'normal' },
      { sessionId: `${id}~other`, now: 0, durationMs: 10_000 },
    );
  }

  /** Ends the session that `fill` started. */
  empty(id: string): void {
    this.substation(id).end(`${id}~other`, 0);
  }

  /** Returns the substation of each session of a vehicle. */
  placesOf(vehicle: string): string[] {
    return this.members.flatMap(({ id }) =>
      this.substation(id)
        .sessions(0)
        .filter(({ vehicle_id }) => vehicle_id === vehicle)
        .map(() => id),
    );
  }

  charge: Transport['charge'] = async ({ id }, request, timeoutMs) => {
    this.sent.push(id);
    const failure = this.#gray.get(id);
    if (failure === 'fails') return { kind: 'ambiguous', reason: 'HTTP 500' };
    if (failure !== undefined) {
      await this.wait(timeoutMs);
      return { kind: failure === 'hangs' ? 'ambiguous' : 'unreachable', reason: failure };
    }
    return this.#carry(id, () => replyTo(this.#admit(id, request)));
  };

  lookup: Transport['lookup'] = async ({ id }, lookup) => {
    this.lookedUp.push(id);
    return this.#carry(id, () => {
      if (this.#options.withoutLookups) return { kind: 'unsupported' } as const;
      const substation = this.substation(id);
      const fence = substation.lastRejected(lookup.request_id);
      const isKnown = substation.lookup(lookup) !== undefined;
      return isKnown ? ({ kind: 'known' } as const) : ({ kind: 'not-known', fence } as const);
    });
  };

  sessions: Transport['sessions'] = async ({ id }) =>
    this.#carry(id, () => ({ kind: 'sessions', sessions: this.substation(id).sessions(0) }) as const);

  session: Transport['session'] = async ({ id }, sessionId, credential) =>
    this.#carry(id, () => {
      const substation = this.substation(id);
      if (substation.endOf(sessionId) === 'interrupted') return { kind: 'interrupted' } as const;
      if (!this.#secretsOf(id).accepts(sessionId, credential)) return { kind: 'denied' } as const;
      return sessionReply(substation.session(sessionId, 0));
    });

  stopSession: Transport['stopSession'] = async ({ id }, sessionId, credential) =>
    this.#carry(id, () => {
      const substation = this.substation(id);
      if (!this.#secretsOf(id).accepts(sessionId, credential)) return { kind: 'denied' } as const;
      this.#secretsOf(id).end(sessionId);
      const session = substation.end(sessionId, 0);
      return sessionReply(
        session && {
          status: 'stopped',
          ...session,
          current_load: substation.load,
          max_capacity: substation.capacity,
        },
      );
    });

  report: Transport['report'] = async ({ id }) => {
    const { capacity, draining, life, load } = this.substation(id);
    const { durable = false } = this.#options;
    return { load, capacity, draining, name: id, ...(life === undefined ? {} : { life, durable }) };
  };

  #admit(id: string, request: DispatchedCharge): ChargeDecision {
    this.#sessions += 1;
    const { endsAt } = this.#options;
    const { life } = this.substation(id);
    const unique = String(this.#sessions);
    const decision = this.substation(id).admit(request, {
      sessionId: sessionIdOf(
        id,
        life === undefined || endsAt === undefined ? unique : uniqueInLife(life, endsAt, unique),
      ),
      now: 0,
      durationMs: 10_000,
    });
    const secrets = this.#secretsOf(id);
    if (decision.kind === 'accepted')
      return { ...decision, secret: secrets.issue(decision.response.session_id) };
    if (decision.kind !== 'replayed') return decision;
    return { ...decision, secret: secrets.reissue(decision.response.session_id) };
  }

  #secretsOf(id: string): SessionSecrets {
    const secrets = this.#secrets.get(id);
    if (secrets === undefined) throw new Error(`no substation ${id}`);
    return secrets;
  }

  #carry<Reply>(id: string, act: () => Reply) {
    const fault = this.#faults.get(id)?.shift();
    switch (fault) {
      case undefined:
        return act();
      case 'response-lost':
        act();
        return { kind: 'ambiguous', reason: fault } as const;
      case 'message-lost':
        return { kind: 'ambiguous', reason: fault } as const;
      case 'connection-dead':
        return { kind: 'ambiguous', reason: fault, connectionAgeMs: 1_000 } as const;
      case 'held':
        this.#held.push(act);
        return { kind: 'ambiguous', reason: fault } as const;
      case 'unreachable':
        return { kind: 'unreachable', reason: fault } as const;
      case 'down':
        this.restart(id);
        // Messages on their way to the process are lost with it.
        this.#held = [];
        return { kind: 'down', reason: fault } as const;
    }
  }

  #start(id: string, maxCapacity: number): void {
    this.#lives += 1;
    const life = this.#options.endsAt === undefined ? undefined : `life000${this.#lives}`;
    this.#secrets.set(
      id,
      new SessionSecrets({
        journal: { put() {}, remove() {} },
        newSecret: () => sessionSecretOf(Buffer.alloc(32, ++this.#issued)),
      }),
    );
    this.#substations.set(id, createSubstation({ id, life, maxCapacity, limit: 100 }));
  }
}

function replyTo(decision: ChargeDecision): ChargeReply {
  switch (decision.kind) {
    case 'accepted':
    case 'replayed':
      return {
        kind: 'accepted',
        acceptance: { ...decision.response, session_secret: decision.secret },
        replayed: decision.kind === 'replayed',
      };
    case 'conflict':
      return { kind: 'invalid', status: 409, body: { field: 'request_id' } };
    case 'unstorable':
      return { kind: 'draining' };
    default:
      return decision;
  }
}

function sessionReply(body: Record<string, unknown> | undefined): SessionReply {
  return body === undefined ? { kind: 'not-found' } : { kind: 'found', body };
}
