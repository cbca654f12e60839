import { type NodeId, nameOf } from '../../causality/node-id.ts';
import { clockSum, counterOf, type VectorClock } from '../../causality/vector-clock.ts';
import type { TracedEvent } from '../../trace/event.ts';

/** Events that were, and that nobody has any more. */
export type Gap = { host: NodeId; from: number; to: number };

/** What happened on all nodes during a stretch of time. Without gaps, its clocks are exact. */
export type Recording = { events: readonly TracedEvent[]; gaps: readonly Gap[] };

/**
 * The events after a cut, counted anew: each host's first is its number 1. Leaving out the start of each host
 * keeps clocks exact, because what a clock counts of a host is always a start of that host's events.
 *
 * @param cut how many events of each host are left out
 */
export function countFrom(cut: VectorClock, { events, gaps }: Recording): Recording {
  const rest = (clock: VectorClock): VectorClock =>
    Object.fromEntries(
      Object.entries(clock)
        .map(([host, count]) => [host, count - counterOf(cut, host)] as const)
        .filter(([, count]) => count > 0),
    );
  return {
    events: events
      .filter(({ host, clock }) => counterOf(clock, host) > counterOf(cut, host))
      .map((event) => changeClocks(event, rest)),
    gaps: gaps.map(({ host, from, to }) => ({
      host,
      from: from - counterOf(cut, host),
      to: to - counterOf(cut, host),
    })),
  };
}

/** What to call hosts: as their nodes, `node1`, and where that was started again, `node1#2` and so on. */
export function hostNames({ events, gaps }: Recording): (host: NodeId) => string {
  const names = new Map<NodeId, string>();
  const runs = new Map<string, number>();
  for (const { host } of [...inOrder(events), ...gaps]) {
    if (names.has(host)) continue;
    const run = (runs.get(nameOf(host)) ?? 0) + 1;
    runs.set(nameOf(host), run);
    names.set(host, run === 1 ? nameOf(host) : `${nameOf(host)}#${run}`);
  }
  return (host) => names.get(host) ?? host;
}

/** The same with other names for the hosts. */
export function renameHosts({ events, gaps }: Recording, called: (host: NodeId) => string): Recording {
  const rename = (clock: VectorClock): VectorClock =>
    Object.fromEntries(Object.entries(clock).map(([host, count]) => [called(host), count]));
  return {
    events: events.map((event) => ({ ...changeClocks(event, rename), host: called(event.host) })),
    gaps: gaps.map((gap) => ({ ...gap, host: called(gap.host) })),
  };
}

/**
 * Sorted so that causes come before effects, and otherwise by time. Hosts' clocks may be apart: an event that
 * claims an earlier time than its cause gets the time of that.
 */
export function inOrder(events: readonly TracedEvent[]): TracedEvent[] {
  const causesFirst = events
    .map((event) => ({ event, size: clockSum(event.clock) }))
    .sort((left, right) => left.size - right.size);
  const times = new Map<string, number>();
  const timed = causesFirst.map(({ event }) => {
    const own = eventName(event.host, counterOf(event.clock, event.host));
    const causes = Object.entries(event.clock).map(([host, count]) => times.get(eventName(host, count)) ?? 0);
    const before = times.get(eventName(event.host, counterOf(event.clock, event.host) - 1)) ?? 0;
    const at = Math.max(event.at, before, ...causes);
    times.set(own, at);
    return { event, at };
  });
  // The sort is stable: causes stay before effects where times are equal.
  return timed.sort((left, right) => left.at - right.at).map(({ event, at }) => ({ ...event, at }));
}

/** Names an event among all of a recording. */
export function eventName(host: NodeId, number: number): string {
  return `${number}@${host}`;
}

function changeClocks(event: TracedEvent, change: (clock: VectorClock) => VectorClock): TracedEvent {
  const clock = change(event.clock);
  if (event.kind !== 'receive' || event.from === undefined) return { ...event, clock };
  // As a clock of one entry, so that a sender's event that is not counted drops out.
  const [from] = Object.entries(change({ [event.from.node]: event.from.counter }));
  return { ...event, clock, from: from && { node: from[0], counter: from[1] } };
}
