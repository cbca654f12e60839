import { STORAGE_UNAVAILABLE } from '@gridclock/grid-protocol';
import type { ChargeReply, DispatchedCharge, Member, Transport } from './transport.ts';

/**
 * Records every substation before a charge message goes there.
 *
 * @param sending returns undefined if the message may be sent at once; a promise resolves when it may, and rejects if it
 *   cannot be recorded
 */
export function recordedTransport(
  transport: Transport,
  sending: (request: DispatchedCharge, member: Member) => Promise<void> | undefined,
): Transport {
  return {
    ...transport,
    charge(member, request, timeoutMs, cancelled) {
      const send = () => transport.charge(member, request, timeoutMs, cancelled);
      let recorded: Promise<void> | undefined;
      try {
        recorded = sending(request, member);
      } catch {
        return Promise.resolve(unstorable(request));
      }
      return recorded === undefined ? send() : recorded.then(send, () => unstorable(request));
    },
  };
}

/** Not sent: no substation has seen this message. One that may have seen an earlier one is recorded. */
function unstorable({ request_id }: DispatchedCharge): ChargeReply {
  return {
    kind: 'invalid',
    status: 503,
    body: { error: STORAGE_UNAVAILABLE, outcome: 'not charged', request_id },
  };
}
