import type { RequestLookup } from '@gridclock/grid-protocol';
import type { Member, Transport } from '../transport/transport.ts';

/** The result of looking a request_id up at all substations. */
export type LookupResult =
  | { kind: 'found'; member: Member }
  /** No substation knows it, and none will accept an earlier message about it. */
  | { kind: 'not-found' }
  /** No substation that responded knows it, but `member` did not respond. */
  | { kind: 'incomplete'; member: Member; reason: string; connectionAgeMs?: number };

/**
 * Asks all substations in parallel whether they know a request_id. This lets a balancer without memory of the
 * request, after a restart or beside another balancer, avoid charging a vehicle twice.
 *
 * @param timeoutMs the limit for each substation's response, in milliseconds
 * @param keepsSessions whether a substation that is down may still have accepted the request
 */
export async function lookUpRequest(
  transport: Pick<Transport, 'lookup'>,
  members: readonly Member[],
  lookup: RequestLookup,
  timeoutMs: number,
  keepsSessions: (id: string) => boolean,
): Promise<LookupResult> {
  const replies = await Promise.all(
    members.map(async (member) => ({ member, reply: await transport.lookup(member, lookup, timeoutMs) })),
  );
  let incomplete: LookupResult | undefined;
  for (const { member, reply } of replies) {
    if (reply.kind === 'known') return { kind: 'found', member };
    if (reply.kind === 'down' && !keepsSessions(member.id)) continue;
    if ('reason' in reply) incomplete ??= { ...reply, kind: 'incomplete', member };
  }
  return incomplete ?? { kind: 'not-found' };
}
