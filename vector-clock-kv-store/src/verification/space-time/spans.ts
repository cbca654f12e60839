import type { NodeId } from '../../causality/node-id.ts';
import { counterOf } from '../../causality/vector-clock.ts';
import type { TracedEvent, WriteSummary } from '../../trace/event.ts';
import { eventName } from './recording.ts';

/** A stretch of one host's time: from an event to another, or without end. */
type Span = { host: NodeId; from: TracedEvent; to: TracedEvent | undefined };

/** A write in the buffer, from when it was put there until it was delivered. */
export type Wait = Span & { write: WriteSummary };

/** Faults in force on the way from a host to a peer. */
export type FaultSpan = Span & { peer: string; actions: string[] };

/** What became of a message: how the writes in it were received. */
type Outcome = 'delivered' | 'buffered' | 'known';

/** A message that both ends have told of. */
export type Message = { send: TracedEvent; receipt: TracedEvent; outcome: Outcome };

/** @param events in an order that puts causes first */
export function waits(events: readonly TracedEvent[]): Wait[] {
  const found: Wait[] = [];
  const open = new Map<string, Wait>();
  for (const event of events) {
    if (event.kind !== 'buffer' && event.kind !== 'deliver') continue;
    const place = `${event.host} ${eventName(event.write.node, event.write.counter)}`;
    if (event.kind === 'buffer') {
      const wait: Wait = { host: event.host, from: event, to: undefined, write: event.write };
      open.set(place, wait);
      found.push(wait);
    } else {
      const wait = open.get(place);
      if (wait !== undefined) wait.to = event;
      open.delete(place);
    }
  }
  return found;
}

/** @param events in an order that puts causes first */
export function faultSpans(events: readonly TracedEvent[]): FaultSpan[] {
  const found: FaultSpan[] = [];
  const open = new Map<string, FaultSpan>();
  for (const event of events) {
    if (event.kind !== 'fault') continue;
    const way = `${event.host} ${event.peer}`;
    const span = open.get(way);
    if (event.phase === 'end') {
      if (span !== undefined) span.to = event;
      open.delete(way);
    } else if (span === undefined) {
      const begun = {
        host: event.host,
        from: event,
        to: undefined,
        peer: event.peer,
        actions: [event.action],
      };
      open.set(way, begun);
      found.push(begun);
    } else if (!span.actions.includes(event.action)) span.actions.push(event.action);
  }
  return found;
}

/** @param events in an order that puts causes first */
export function messages(events: readonly TracedEvent[]): Message[] {
  const named = new Map(events.map((event) => [eventName(event.host, numberOf(event)), event]));
  return events.flatMap((receipt) => {
    if (receipt.kind !== 'receive' || receipt.from === undefined) return [];
    const send = named.get(eventName(receipt.from.node, receipt.from.counter));
    return send === undefined ? [] : [{ send, receipt, outcome: outcomeOf(receipt, named) }];
  });
}

/** What a host decides about a message follows its receipt at once. */
function outcomeOf(receipt: TracedEvent, named: ReadonlyMap<string, TracedEvent>): Outcome {
  let outcome: Outcome = 'known';
  for (let number = numberOf(receipt) + 1; ; number++) {
    const next = named.get(eventName(receipt.host, number));
    if (next?.kind === 'buffer' || next?.kind === 'refuse') return 'buffered';
    if (next?.kind !== 'deliver') return outcome;
    outcome = 'delivered';
  }
}

function numberOf({ host, clock }: TracedEvent): number {
  return counterOf(clock, host);
}
