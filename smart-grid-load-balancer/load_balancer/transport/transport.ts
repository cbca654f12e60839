import type {
  CapacityRefusal,
  DispatchOrder,
  IdentifiedChargeRequest,
  RequestFence,
  RequestLookup,
  Session,
} from '@gridclock/grid-protocol';
import type { CancelSignal } from '@gridclock/service-kit/cancellation';
import { z } from 'zod';
import type { SubstationReport } from './substation-report.ts';

/** A substation's id and base URL. */
export type Member = { readonly id: string; readonly url: string };

/** A poll failed because nothing listens at the address, or the host does not exist. */
export class SubstationDownError extends Error {
  override readonly name = 'SubstationDownError';
}

/** Why there is no usable response, and whether the substation may have acted on the message. */
export type NoReply =
  /** Nothing listens there, or the host does not exist: no message, this or an earlier one, is being served. */
  | { kind: 'down'; reason: string }
  /** No connection was made: this message cannot have arrived; an earlier one may have. */
  | { kind: 'unreachable'; reason: string }
  /**
   * The message may have arrived. `connectionAgeMs`, where an earlier message had used the connection: it may have
   * been dead before this message, which says nothing about the substation.
   */
  | { kind: 'ambiguous'; reason: string; connectionAgeMs?: number };

/**
 * The members of an acceptance that the balancer reads, in kW; all others are relayed unchecked. A stricter
 * schema would turn an unusual acceptance into an unknown outcome.
 */
const acceptanceShape = {
  status: z.literal('accepted'),
  current_load: z.number(),
  max_capacity: z.number(),
};

export const acceptanceSchema = z.looseObject(acceptanceShape);

export type Acceptance = z.output<typeof acceptanceSchema>;

const acceptanceMembers = z.object(acceptanceShape);

/** Checks a response as `acceptanceSchema` does, without copying all of it. */
export function isAcceptance(response: unknown): response is Acceptance {
  return acceptanceMembers.safeParse(response).success;
}

/** The reply to a charge message. */
export type ChargeReply =
  | { kind: 'accepted'; acceptance: Acceptance; replayed: boolean }
  | { kind: 'full'; refusal: CapacityRefusal }
  | { kind: 'draining' }
  /** The sender's time was over when the message was handled. Earlier messages about the request_id are void. */
  | { kind: 'expired' }
  /** The substation has too many requests in progress, and has not read this one. */
  | { kind: 'overloaded' }
  /** A later message about the same request_id arrived before this one. */
  | { kind: 'superseded' }
  /** The request itself is invalid; status and body are relayed to the client. */
  | { kind: 'invalid'; status: number; body: unknown }
  | NoReply;

/** The reply to the question whether a substation knows a request_id. */
export type LookupReply =
  | { kind: 'known' }
  /** `fence`: the last message about it that the substation rejected or that looked it up, if it remembers one. */
  | { kind: 'not-known'; fence?: RequestFence | undefined }
  /** An implementation without lookups. Whether it recognises a repeated request_id shows only when it is sent again. */
  | { kind: 'unsupported' }
  /** The message was not read. */
  | { kind: 'overloaded' }
  | NoReply;

/** The reply to a request for all sessions of a substation. */
export type SessionsReply = { kind: 'sessions'; sessions: Session[] } | NoReply;

/** The reply to a request about one session. */
export type SessionReply =
  | { kind: 'found'; body: Record<string, unknown> }
  /** `finished`: the substation can tell from the id that it had the session. */
  | { kind: 'not-found'; finished?: boolean }
  /** The substation had the session in an earlier life. */
  | { kind: 'interrupted' }
  /** The session is running, but the credential is not its holder's. */
  | { kind: 'denied' }
  | NoReply;

/** A charge request with its position among all messages about the same request_id. */
export type DispatchedCharge = IdentifiedChargeRequest & { dispatch: DispatchOrder };

/**
 * The link to the substations. Only `report` throws on network failures.
 *
 * `timeoutMs` limits the time until the response, in milliseconds; the substation learns it as its deadline.
 */
export type Transport = {
  /** @param cancelled aborts the message; the reply then says whether it may have arrived */
  charge: (
    member: Member,
    request: DispatchedCharge,
    timeoutMs: number,
    cancelled?: CancelSignal,
  ) => Promise<ChargeReply>;
  lookup: (member: Member, lookup: RequestLookup, timeoutMs: number) => Promise<LookupReply>;
  /** @param credential sent as a bearer token, as below */
  sessions: (member: Member, credential?: string) => Promise<SessionsReply>;
  session: (member: Member, sessionId: string, credential?: string) => Promise<SessionReply>;
  stopSession: (member: Member, sessionId: string, credential?: string) => Promise<SessionReply>;
  /** @throws SubstationDownError when nothing listens there, otherwise Error when there is no usable response */
  report: (member: Member) => Promise<SubstationReport>;
};
