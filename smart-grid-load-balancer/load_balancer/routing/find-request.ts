import type { RequestLookup } from '@gridclock/grid-protocol';
import type { Member, Transport } from '../transport/transport.ts';

/** What the substations say of a request_id. */
export type Finding =
  | { kind: 'found'; member: Member }
  /** Nobody has it, and nobody will accept an older message about it. */
  | { kind: 'nowhere' }
  /** Nobody has it of those who answered, but this one did not. */
  | { kind: 'silent'; member: Member; reason: string };

/**
 * Asks all substations side by side whether they know a request_id. This is how a balancer that remembers
 * nothing, because it was restarted or because another one was asked before, charges no vehicle twice.
 */
export async function findRequest(
  transport: Pick<Transport, 'lookup'>,
  members: readonly Member[],
  lookup: RequestLookup,
): Promise<Finding> {
  const replies = await Promise.all(
    members.map(async (member) => ({ member, reply: await transport.lookup(member, lookup) })),
  );
  let silent: Finding | undefined;
  for (const { member, reply } of replies) {
    if (reply.kind === 'known') return { kind: 'found', member };
    if (reply.kind === 'unreachable' || reply.kind === 'ambiguous')
      silent ??= { kind: 'silent', member, reason: reply.reason };
  }
  return silent ?? { kind: 'nowhere' };
}
