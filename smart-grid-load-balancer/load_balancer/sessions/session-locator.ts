import { type Session, type SessionEndState, substationOfSession } from '@gridclock/grid-protocol';
import type { Fleet } from '../fleet/fleet.ts';
import type { Member, SessionReply, Transport } from '../transport/transport.ts';

export type SessionLocatorOptions = {
  fleet: Pick<Fleet, 'members' | 'distinctMembers' | 'findByName'>;
  transport: Pick<Transport, 'sessions' | 'session' | 'stopSession'>;
  /** Called after a session was stopped early, with the substation's remaining load, in kW. */
  onStopped: (member: Member, load: number, capacity: number, requestedAt: number) => void;
  /** Milliseconds, of the view's clock. */
  now: () => number;
  /** What makes this balancer the manager of a substation's sessions; undefined if it cannot be. */
  managerCredential?: (member: Member) => string | undefined;
  /** How a session ended whose substation has lost its memory since; undefined if it has not, or if it is unknown. */
  endOf?: (sessionId: string) => SessionEndState | undefined;
};

/** Who asks for a session: its holder, by its secret, or the administrator. */
export type SessionCaller = { secret?: string | undefined; isAdministrator?: boolean };

/** All sessions found, and the ids of the substations that did not respond. */
export type SessionList = { sessions: Session[]; unreachable: string[] };

/** The result for one session. `unreachable`: none has it, but not every substation responded. */
export type SessionLookup =
  | { kind: 'found'; member: Member; body: Record<string, unknown> }
  | { kind: 'not-found'; state?: 'finished' }
  | { kind: 'interrupted' }
  | { kind: 'denied' }
  | { kind: 'unreachable' };

/** Finds sessions at the substations. It stores none: a session id contains its substation's name and life. */
export class SessionLocator {
  readonly #options: SessionLocatorOptions;

  constructor(options: SessionLocatorOptions) {
    this.#options = options;
  }

  /** Lists the sessions of substations, by default of all. */
  async list(members: readonly Member[] = this.#options.fleet.distinctMembers): Promise<SessionList> {
    const { managerCredential, transport } = this.#options;
    const replies = await Promise.all(
      members.map(async (member) => ({
        member,
        reply: await transport.sessions(member, managerCredential?.(member)),
      })),
    );
    const list: SessionList = { sessions: [], unreachable: [] };
    for (const { member, reply } of replies) {
      if (reply.kind === 'sessions')
        list.sessions.push(...reply.sessions.map((session) => ({ ...session, substation_id: member.id })));
      else list.unreachable.push(member.id);
    }
    return list;
  }

  /** Finds one session. */
  find(sessionId: string, caller: SessionCaller = {}): Promise<SessionLookup> {
    const { transport } = this.#options;
    return this.#ask(sessionId, (member) =>
      transport.session(member, sessionId, this.#credentialOf(caller, member)),
    );
  }

  /** Stops a session early and updates the view with the substation's remaining load. */
  async stop(sessionId: string, caller: SessionCaller = {}): Promise<SessionLookup> {
    const { now, onStopped, transport } = this.#options;
    const requestedAt = now();
    const result = await this.#ask(sessionId, (member) =>
      transport.stopSession(member, sessionId, this.#credentialOf(caller, member)),
    );
    if (result.kind === 'found') {
      const { current_load: load, max_capacity: capacity } = result.body;
      if (typeof load === 'number' && typeof capacity === 'number')
        onStopped(result.member, load, capacity, requestedAt);
    }
    return result;
  }

  #credentialOf({ isAdministrator, secret }: SessionCaller, member: Member): string | undefined {
    return isAdministrator ? this.#options.managerCredential?.(member) : secret;
  }

  async #ask(sessionId: string, ask: (member: Member) => Promise<SessionReply>): Promise<SessionLookup> {
    const { fleet } = this.#options;
    const named = fleet.findByName(substationOfSession(sessionId) ?? '');
    // An unknown name may belong to a substation that was renamed or has not been polled yet: ask all.
    const members = named.length > 0 ? named : fleet.members;
    const replies = await Promise.all(members.map(async (member) => ({ member, reply: await ask(member) })));
    for (const { member, reply } of replies) {
      if (reply.kind === 'found')
        return { kind: 'found', member, body: { ...reply.body, substation_id: member.id } };
    }
    const kinds = replies.map(({ reply }) => reply.kind);
    if (kinds.includes('denied')) return { kind: 'denied' };
    // The balancer knows when it last saw that life, which the substation does not.
    const end =
      this.#options.endOf?.(sessionId) ?? (kinds.includes('interrupted') ? 'interrupted' : undefined);
    if (end === 'interrupted') return { kind: end };
    if (end === 'finished' || replies.some(({ reply }) => reply.kind === 'not-found' && reply.finished))
      return { kind: 'not-found', state: 'finished' };
    // A substation that is down may continue the session when it restarts.
    return { kind: kinds.every((kind) => kind === 'not-found') ? 'not-found' : 'unreachable' };
  }
}
