import { type NodeId, nameOf } from '../causality/node-id.ts';
import { clockSum, counterOf, type VectorClock } from '../causality/vector-clock.ts';
import type { TracedEvent } from '../trace/event.ts';

/** A range of lost events of one host. */
export type Gap = { host: NodeId; from: number; to: number };

/** The events of all hosts between two cuts. Without gaps, its clocks are exact; see exactness.ts. */
export type Recording = { events: readonly TracedEvent[]; gaps: readonly Gap[] };

/**
 * Drops the events before a cut and renumbers the others, so that each host starts at 1.
 * Clocks stay exact, because a cut removes a prefix of each host's events.
 *
 * @param cut how many events of each host to drop
 */
export function renumberAfter(cut: VectorClock, { events, gaps }: Recording): Recording {
  const subtractCut = (clock: VectorClock): VectorClock =>
    Object.fromEntries(
      Object.entries(clock)
        .map(([host, count]) => [host, count - counterOf(cut, host)] as const)
        .filter(([, count]) => count > 0),
    );
  return {
    events: events
      .filter(({ host, clock }) => counterOf(clock, host) > counterOf(cut, host))
      .map((event) => mapClocks(event, subtractCut)),
    gaps: gaps.map(({ host, from, to }) => ({
      host,
      from: from - counterOf(cut, host),
      to: to - counterOf(cut, host),
    })),
  };
}

/** Returns display names for hosts: `node1` for the first process of a node, then `node1#2` and so on. */
export function displayNames({ events, gaps }: Recording): (host: NodeId) => string {
  const names = new Map<NodeId, string>();
  const incarnations = new Map<string, number>();
  for (const { host } of [...sortCausally(events), ...gaps]) {
    if (names.has(host)) continue;
    const incarnation = (incarnations.get(nameOf(host)) ?? 0) + 1;
    incarnations.set(nameOf(host), incarnation);
    names.set(host, incarnation === 1 ? nameOf(host) : `${nameOf(host)}#${incarnation}`);
  }
  return (host) => names.get(host) ?? host;
}

/** Renames the hosts in events, clocks and gaps. */
export function renameHosts({ events, gaps }: Recording, displayName: (host: NodeId) => string): Recording {
  const rename = (clock: VectorClock): VectorClock =>
    Object.fromEntries(Object.entries(clock).map(([host, count]) => [displayName(host), count]));
  return {
    events: events.map((event) => ({ ...mapClocks(event, rename), host: displayName(event.host) })),
    gaps: gaps.map((gap) => ({ ...gap, host: displayName(gap.host) })),
  };
}

/**
 * Sorts events causes first, and otherwise by time. Wall clocks differ between hosts, so an event that claims to be
 * earlier than its cause gets the time of its cause.
 */
export function sortCausally(events: readonly TracedEvent[]): TracedEvent[] {
  const causesFirst = events
    .map((event) => ({ event, size: clockSum(event.clock) }))
    .sort((left, right) => left.size - right.size);
  const times = new Map<string, number>();
  const timed = causesFirst.map(({ event }) => {
    const own = counterOf(event.clock, event.host);
    const causes = Object.entries(event.clock).map(([host, count]) => times.get(eventKey(host, count)) ?? 0);
    const before = times.get(eventKey(event.host, own - 1)) ?? 0;
    const at = Math.max(event.at, before, ...causes);
    times.set(eventKey(event.host, own), at);
    return { event, at };
  });
  // The sort is stable: causes stay before effects where times are equal.
  return timed.sort((left, right) => left.at - right.at).map(({ event, at }) => ({ ...event, at }));
}

/** Identifies an event within a recording. */
export function eventKey(host: NodeId, number: number): string {
  return `${number}@${host}`;
}

function mapClocks(event: TracedEvent, map: (clock: VectorClock) => VectorClock): TracedEvent {
  const clock = map(event.clock);
  if (event.kind !== 'receive' || event.from === undefined) return { ...event, clock };
  // Mapped as a clock with one counter, so that a dropped send event disappears.
  const [from] = Object.entries(map({ [event.from.node]: event.from.counter }));
  return { ...event, clock, from: from && { node: from[0], counter: from[1] } };
}
