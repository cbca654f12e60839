import type { SpanAttributes, Tracing } from '@gridclock/service-kit/tracing';
import type { Placement } from '../routing/placement.ts';
import type { Transport } from './transport.ts';

/** Records every charge message as a span of its request, with the substation and what it answered. */
export function tracedTransport(transport: Transport, tracing: Tracing): Transport {
  return {
    ...transport,
    async charge(member, request, timeoutMs, cancelled) {
      const { attempt, round } = request.dispatch;
      const span = tracing.start(`charge ${member.id}`, {
        kind: 'client',
        attributes: {
          'gridclock.substation.id': member.id,
          'gridclock.dispatch.round': round,
          'gridclock.dispatch.message': attempt + 1,
        },
      });
      try {
        const reply = await tracing.within(span, () =>
          transport.charge(member, request, timeoutMs, cancelled),
        );
        span.set({ 'gridclock.outcome': reply.kind });
        span.end('reason' in reply ? reply.reason : undefined);
        return reply;
      } catch (error) {
        span.end(String(error));
        throw error;
      }
    },
  };
}

/** Returns a function that keeps an operation in the trace of the request in progress, whatever it is later run by. */
export function keepTrace(tracing: Tracing) {
  return <Parameters extends unknown[], Result>(operation: (...parameters: Parameters) => Result) => {
    const span = tracing.current();
    if (span === undefined) return operation;
    return (...parameters: Parameters) => tracing.within(span, () => operation(...parameters));
  };
}

/** Returns what the span of a request shows of its placement. */
export function placementAttributes(placement: Placement): SpanAttributes {
  return {
    'gridclock.placement': placement.kind,
    ...('hops' in placement ? { 'gridclock.hops': placement.hops } : {}),
    ...('member' in placement && placement.member !== undefined
      ? { 'gridclock.substation.id': placement.member.id }
      : {}),
  };
}
