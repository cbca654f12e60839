import type { NodeId } from '../causality/node-id.ts';
import { counterOf } from '../causality/vector-clock.ts';
import type { TracedEvent, WriteSummary } from '../trace/event.ts';
import { eventKey } from './recording.ts';

/** A period on one host, from one event to another. Without `to`, it lasts until the end of the recording. */
type Span = { host: NodeId; from: TracedEvent; to: TracedEvent | undefined };

/** The time a write spends in the buffer. */
export type BufferWait = Span & { write: WriteSummary };

/** The time during which faults are active on the link from a host to a peer. */
export type FaultSpan = Span & { peer: string; actions: string[] };

/** The effect of a message at its receiver. */
type MessageEffect = 'delivered' | 'buffered' | 'duplicate';

/** A message whose send and receive events were both recorded. */
export type Message = { send: TracedEvent; receipt: TracedEvent; effect: MessageEffect };

/** Pairs buffer events with deliveries. @param events sorted causally */
export function bufferWaits(events: readonly TracedEvent[]): BufferWait[] {
  const found: BufferWait[] = [];
  const open = new Map<string, BufferWait>();
  for (const event of events) {
    if (event.kind !== 'buffer' && event.kind !== 'deliver') continue;
    const slot = `${event.host} ${eventKey(event.write.node, event.write.counter)}`;
    if (event.kind === 'buffer') {
      const wait: BufferWait = { host: event.host, from: event, to: undefined, write: event.write };
      open.set(slot, wait);
      found.push(wait);
    } else {
      const wait = open.get(slot);
      if (wait !== undefined) wait.to = event;
      open.delete(slot);
    }
  }
  return found;
}

/** Pairs the begin and end of faults, one span per link. @param events sorted causally */
export function faultSpans(events: readonly TracedEvent[]): FaultSpan[] {
  const found: FaultSpan[] = [];
  const open = new Map<string, FaultSpan>();
  for (const event of events) {
    if (event.kind !== 'fault') continue;
    const link = `${event.host} ${event.peer}`;
    const span = open.get(link);
    if (event.phase === 'end') {
      if (span !== undefined) span.to = event;
      open.delete(link);
    } else if (span === undefined) {
      const opened = {
        host: event.host,
        from: event,
        to: undefined,
        peer: event.peer,
        actions: [event.action],
      };
      open.set(link, opened);
      found.push(opened);
    } else if (!span.actions.includes(event.action)) span.actions.push(event.action);
  }
  return found;
}

/** Pairs send and receive events. @param events sorted causally */
export function messages(events: readonly TracedEvent[]): Message[] {
  const byKey = new Map(events.map((event) => [eventKey(event.host, numberOf(event)), event]));
  return events.flatMap((receipt) => {
    if (receipt.kind !== 'receive' || receipt.from === undefined) return [];
    const send = byKey.get(eventKey(receipt.from.node, receipt.from.counter));
    return send === undefined ? [] : [{ send, receipt, effect: effectOf(receipt, byKey) }];
  });
}

/** Reads the effect from the events right after the receipt: a host processes a message atomically. */
function effectOf(receipt: TracedEvent, byKey: ReadonlyMap<string, TracedEvent>): MessageEffect {
  let effect: MessageEffect = 'duplicate';
  for (let number = numberOf(receipt) + 1; ; number++) {
    const next = byKey.get(eventKey(receipt.host, number));
    if (next?.kind === 'buffer' || next?.kind === 'refuse') return 'buffered';
    if (next?.kind !== 'deliver') return effect;
    effect = 'delivered';
  }
}

function numberOf({ host, clock }: TracedEvent): number {
  return counterOf(clock, host);
}
