import { energyOf, type Milliwatts, toMilliwatts } from './power.ts';
import {
  noJournal,
  noTotals,
  type RunningSession,
  type SessionEnd,
  type SubstationJournal,
  type Totals,
} from './session-records.ts';

/** A session that has ended. `energy` in joules. */
export type EndedSession = { session: RunningSession; energy: number };

/**
 * The running sessions of a substation, their load, and what it has counted. Writes every change to a journal: a table
 * that is restored from it equals one that never stopped.
 *
 * Pure: times, in milliseconds since 1970, are passed in, and the caller ends each session.
 */
export class SessionTable {
  readonly #journal: SubstationJournal;
  readonly #sessions = new Map<string, RunningSession>();
  #load: Milliwatts = 0;
  #totals: Totals;

  constructor(journal: SubstationJournal = noJournal, totals: Totals = noTotals) {
    this.#journal = journal;
    this.#totals = totals;
  }

  /** The power of all running sessions. */
  get load(): Milliwatts {
    return this.#load;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get totals(): Totals {
    return this.#totals;
  }

  get(id: string): RunningSession | undefined {
    return this.#sessions.get(id);
  }

  entries(): Iterable<readonly [id: string, session: RunningSession]> {
    return this.#sessions;
  }

  start(id: string, session: RunningSession): void {
    this.#add(id, session);
    const { accepted, acceptedPower } = this.#totals;
    this.#setTotals({ accepted: accepted + 1, acceptedPower: acceptedPower + powerOf(session) });
    this.#journal.put('sessions', id, session);
  }

  /** Ends a session and releases its load. Returns undefined if there is no such session. */
  end(id: string, end: SessionEnd, now: number): EndedSession | undefined {
    const session = this.#sessions.get(id);
    if (session === undefined) return undefined;
    const power = powerOf(session);
    this.#sessions.delete(id);
    this.#load -= power;
    const energy = energyOf(power, chargedMs(session, end, now));
    const { ended } = this.#totals;
    this.#setTotals({
      energy: this.#totals.energy + energy,
      ended: Object.assign({}, ended, { [end]: ended[end] + 1 }),
    });
    this.#journal.remove('sessions', id);
    return { session, energy };
  }

  /** Adds a session that was running before a restart. It is counted already. */
  restore(id: string, session: RunningSession): void {
    this.#add(id, session);
  }

  /** Moves all sessions after the wall clock was set: the time that each has left must not change. */
  shift(ms: number): void {
    for (const [id, session] of this.#sessions) {
      const shifted = { ...session, startedAt: session.startedAt + ms, endsAt: session.endsAt + ms };
      this.#sessions.set(id, shifted);
      this.#journal.put('sessions', id, shifted);
    }
  }

  #add(id: string, session: RunningSession): void {
    this.#sessions.set(id, session);
    this.#load += powerOf(session);
  }

  #setTotals(changes: Partial<Totals>): void {
    this.#totals = Object.assign({}, this.#totals, changes);
    this.#journal.put('totals', 'totals', this.#totals);
  }
}

/** The time that a session has left, in milliseconds. A clock that was set back does not make it longer. */
export function remainingMs({ startedAt, endsAt }: RunningSession, now: number): number {
  return Math.min(Math.max(0, endsAt - now), endsAt - startedAt);
}

function powerOf({ request }: RunningSession): Milliwatts {
  return toMilliwatts(request.charge_amount);
}

function chargedMs(session: RunningSession, end: SessionEnd, now: number): number {
  const planned = session.endsAt - session.startedAt;
  switch (end) {
    case 'completed':
      return planned;
    case 'stopped':
      return planned - remainingMs(session, now);
    case 'withdrawn':
      return 0;
  }
}
