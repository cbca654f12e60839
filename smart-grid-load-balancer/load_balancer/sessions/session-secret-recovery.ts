import { originOfSession } from '@gridclock/grid-protocol';
import type { Fleet } from '../fleet/fleet.ts';
import { type RequestRecord, sessionIdIn } from '../routing/request-records.ts';
import type { Acceptance, Transport } from '../transport/transport.ts';

export type SecretRecoveryOptions = {
  fleet: Pick<Fleet, 'find'>;
  transport: Pick<Transport, 'charge' | 'lookup'>;
  /** Milliseconds since 1970. */
  wallClock: () => number;
  /** Limit for one message and its response, in milliseconds. */
  timeoutMs: number;
};

/** Before every message that a balancer has sent about a request: it can start nothing. */
const FIRST = { round: 0, attempt: 0 };

/**
 * Completes the acceptance of a request that was placed before a restart: the balancer's disk has no secrets, but the
 * substation gives one to a repeated request.
 *
 * @returns the acceptance with the session's secret; undefined if there is none to get
 */
export async function recoverSecret(
  { accepted, member, request }: RequestRecord,
  { fleet, timeoutMs, transport, wallClock }: SecretRecoveryOptions,
): Promise<Acceptance | undefined> {
  const id = accepted && sessionIdIn(accepted.acceptance);
  const origin = id === undefined ? undefined : originOfSession(id);
  const present = fleet.find(member.id);
  // Others know no secrets, and what has ended needs none.
  if (accepted === undefined || origin === undefined || wallClock() >= origin.endsAt || present === undefined)
    return undefined;
  if (accepted.acceptance.session_secret !== undefined) return undefined;
  const lookup = { request_id: request.request_id, dispatch: FIRST };
  const { kind } = await transport.lookup(present, lookup, timeoutMs);
  if (kind !== 'known') return undefined;
  const reply = await transport.charge(present, { ...request, dispatch: FIRST }, timeoutMs);
  if (reply.kind !== 'accepted' || !reply.replayed || sessionIdIn(reply.acceptance) !== id) return undefined;
  const { session_secret } = reply.acceptance;
  return { ...accepted.acceptance, session_secret };
}
