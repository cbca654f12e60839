import type { ServerEvent } from '@gridclock/ui-kit/live';
import { counterOf } from '../causality/vector-clock.ts';
import type { ClusterMember, ClusterView } from '../live/node-view.ts';
import { eventKey } from '../space-time/recording.ts';
import type { TracedEvent } from '../trace/event.ts';

/** What the page knows of the cluster. */
export type Model = {
  /** The node that the page comes from. */
  self: string;
  nodes: readonly ClusterMember[];
  /** The latest events of all nodes, oldest first. */
  events: readonly TracedEvent[];
};

/** More rows than a class can look at, and still drawn within a few milliseconds. */
const MAX_EVENTS = 400;

export const emptyModel: Model = { self: '', nodes: [], events: [] };

/** Returns the key of an event; the same event may arrive more than once. */
export function keyOf({ host, clock }: TracedEvent): string {
  return eventKey(host, counterOf(clock, host));
}

/** Returns the model after an event of the node's stream. The node is trusted to send what its types say. */
export function afterServerEvent(model: Model, { event, data }: ServerEvent): Model {
  if (event === 'cluster') {
    const { self, nodes }: ClusterView = JSON.parse(data);
    return { ...model, self, nodes };
  }
  if (event !== 'events') return model;
  const arrived: TracedEvent[] = JSON.parse(data);
  return { ...model, events: withEvents(model.events, arrived) };
}

/** Adds events, each once, and drops the oldest beyond what is kept. */
function withEvents(known: readonly TracedEvent[], arrived: readonly TracedEvent[]): TracedEvent[] {
  const keys = new Set(known.map(keyOf));
  const added = arrived.filter((event) => !keys.has(keyOf(event)));
  if (added.length === 0) return [...known];
  return [...known, ...added].sort((left, right) => left.at - right.at).slice(-MAX_EVENTS);
}

/** The clocks of an event's past are exact, so a page that was cleared may leave out what was before. */
export function eventsAfter(events: readonly TracedEvent[], clearedAt: ReadonlySet<string>): TracedEvent[] {
  return events.filter((event) => !clearedAt.has(keyOf(event)));
}
