import { STORAGE_UNAVAILABLE } from '@gridclock/grid-protocol';
import type { DispatchedCharge, Member, Transport } from './transport.ts';

/**
 * Records every substation before a charge message goes there.
 *
 * @param sending resolves when the message may be sent, and rejects if it cannot be recorded
 */
export function recordedTransport(
  transport: Transport,
  sending: (request: DispatchedCharge, member: Member) => Promise<void>,
): Transport {
  return {
    ...transport,
    async charge(member, request, timeoutMs, cancelled) {
      try {
        await sending(request, member);
      } catch {
        // Not sent: no substation has seen this message. One that may have seen an earlier one is recorded.
        const { request_id } = request;
        return {
          kind: 'invalid',
          status: 503,
          body: { error: STORAGE_UNAVAILABLE, outcome: 'not charged', request_id },
        };
      }
      return transport.charge(member, request, timeoutMs, cancelled);
    },
  };
}
