import { type Session, substationOfSession } from '@gridclock/grid-protocol';
import type { Fleet } from '../fleet/fleet.ts';
import type { Member, SessionReply, Transport } from '../transport/transport.ts';

export type SessionDeskOptions = {
  fleet: Pick<Fleet, 'members' | 'named' | 'failed'>;
  transport: Pick<Transport, 'sessions' | 'session' | 'stopSession'>;
  /** A session was stopped early: the substation's load without it, in kW. */
  onStopped: (member: Member, load: number, capacity: number, askedAt: number) => void;
  /** Milliseconds, of the view's clock. */
  now: () => number;
};

/** All sessions, and the substations that did not tell theirs. */
export type SessionList = { sessions: Session[]; silent: string[] };

/** What became of a question about one session; `silent`: nobody has it, but somebody did not answer. */
export type SessionFinding =
  | { kind: 'found'; member: Member; body: Record<string, unknown> }
  | { kind: 'none' }
  | { kind: 'silent' };

/** Finds sessions at the substations. Nothing is remembered here: a session id names its substation. */
export class SessionDesk {
  readonly #options: SessionDeskOptions;

  constructor(options: SessionDeskOptions) {
    this.#options = options;
  }

  /** Asks every substation. */
  async list(): Promise<SessionList> {
    const { fleet, transport } = this.#options;
    const replies = await Promise.all(
      fleet.members.map(async (member) => ({ member, reply: await transport.sessions(member) })),
    );
    const list: SessionList = { sessions: [], silent: [] };
    for (const { member, reply } of replies) {
      if (reply.kind === 'sessions')
        list.sessions.push(...reply.sessions.map((session) => ({ ...session, substation_id: member.id })));
      else list.silent.push(member.id);
    }
    return list;
  }

  /** Finds one session. */
  show(sessionId: string): Promise<SessionFinding> {
    return this.#ask(sessionId, (member) => this.#options.transport.session(member, sessionId));
  }

  /** Ends a session before its time; its load is given back in the view at once. */
  async stop(sessionId: string): Promise<SessionFinding> {
    const { now, onStopped, transport } = this.#options;
    const askedAt = now();
    const finding = await this.#ask(sessionId, (member) => transport.stopSession(member, sessionId));
    if (finding.kind === 'found') {
      const { current_load: load, max_capacity: capacity } = finding.body;
      if (typeof load === 'number' && typeof capacity === 'number')
        onStopped(finding.member, load, capacity, askedAt);
    }
    return finding;
  }

  async #ask(sessionId: string, ask: (member: Member) => Promise<SessionReply>): Promise<SessionFinding> {
    const { fleet } = this.#options;
    const named = fleet.named(substationOfSession(sessionId) ?? '');
    // A name that nobody here has: a substation that was renamed, or one that has not been polled yet.
    const members = named.length > 0 ? named : fleet.members;
    const replies = await Promise.all(members.map(async (member) => ({ member, reply: await ask(member) })));
    for (const { member, reply } of replies) {
      if (reply.kind === 'found')
        return { kind: 'found', member, body: { ...reply.body, substation_id: member.id } };
    }
    return replies.some(({ reply }) => reply.kind !== 'none' && reply.kind !== 'gone')
      ? { kind: 'silent' }
      : { kind: 'none' };
  }
}
