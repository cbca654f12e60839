import type {
  CapacityRefusal,
  DispatchOrder,
  IdentifiedChargeRequest,
  RequestLookup,
  Session,
} from '@gridclock/grid-protocol';
import { z } from 'zod';
import type { SubstationReport } from './substation-report.ts';

/** A substation as the balancer addresses it. */
export type Member = { readonly id: string; readonly url: string };

/** A report could not be had because nothing listens there, or the host does not exist. */
export class GoneError extends Error {
  override readonly name = 'GoneError';
}

/** Why there is no answer, and what that says about whether the other side has acted. */
export type NoAnswer =
  /** Nothing listens there, or the host does not exist: no message, this or earlier, can be charging there. */
  | { kind: 'gone'; reason: string }
  /** No connection was made: this message cannot have arrived; an earlier one may have. */
  | { kind: 'unreachable'; reason: string }
  /** The message may have arrived. */
  | { kind: 'ambiguous'; reason: string };

/**
 * What a balancer needs of an acceptance, in kW; the rest is passed on unread. No more is asked for, because an
 * acceptance that is not understood would have to count as an unknown outcome.
 */
export const acceptanceSchema = z.looseObject({
  status: z.literal('accepted'),
  current_load: z.number(),
  max_capacity: z.number(),
});

export type Acceptance = z.output<typeof acceptanceSchema>;

/** What became of a message that asks a substation to charge. */
export type ChargeReply =
  | { kind: 'accepted'; answer: Acceptance; replayed: boolean }
  | { kind: 'full'; refusal: CapacityRefusal }
  | { kind: 'draining' }
  /** Another message about the same request_id has overtaken this one. */
  | { kind: 'superseded' }
  /** The request itself is wrong; the answer is the client's. */
  | { kind: 'rejected'; status: number; body: unknown }
  | NoAnswer;

/** Whether a substation knows a request_id. */
export type LookupReply = { kind: 'known' | 'not-known' } | NoAnswer;

/** All sessions of one substation. */
export type SessionsReply = { kind: 'sessions'; sessions: Session[] } | NoAnswer;

/** About one session: what the substation says of it. */
export type SessionReply = { kind: 'found'; body: Record<string, unknown> } | { kind: 'none' } | NoAnswer;

/** A charge request as it is sent to a substation, with its place among all messages about it. */
export type DispatchedCharge = IdentifiedChargeRequest & { dispatch: DispatchOrder };

/** How the balancer talks with substations. Nothing here throws for a fault of the network, except report. */
export type Transport = {
  charge: (member: Member, request: DispatchedCharge) => Promise<ChargeReply>;
  lookup: (member: Member, lookup: RequestLookup) => Promise<LookupReply>;
  sessions: (member: Member) => Promise<SessionsReply>;
  session: (member: Member, sessionId: string) => Promise<SessionReply>;
  stopSession: (member: Member, sessionId: string) => Promise<SessionReply>;
  /** @throws Error when there is no usable answer, a GoneError when nobody is there to give one */
  report: (member: Member) => Promise<SubstationReport>;
};
