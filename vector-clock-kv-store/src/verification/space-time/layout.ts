import type { NodeId } from '../../causality/node-id.ts';
import type { TracedEvent } from '../../trace/event.ts';
import { inOrder, type Recording } from './recording.ts';
import { type FaultSpan, faultSpans, type Message, messages, type Wait, waits } from './spans.ts';

/** An event at its place, in pixels. `times` counts the like ones that it stands for; `bare`: an arrow says all. */
export type Mark = { event: TracedEvent; x: number; y: number; times: number; bare: boolean };

/** A moment named at the left edge, in milliseconds since the first event. */
type Tick = { y: number; ms: number };

/** A diagram before it is drawn: everything at its place, in pixels. */
export type Layout = {
  width: number;
  height: number;
  lanes: { host: NodeId; x: number; from: number; to: number }[];
  marks: Mark[];
  ticks: Tick[];
  messages: Message[];
  waits: Wait[];
  faults: FaultSpan[];
  /** Where an event is; undefined for one that is not drawn. */
  markOf: (event: TracedEvent) => Mark | undefined;
  /** How many events were left out at the end. */
  omitted: number;
};

/** A page of more is slow to scroll, and nobody reads it. */
const MOST_EVENTS = 3_000;

/** Pixels: room for the times, for a lane with its labels, for a line of text, and for a mark without one. */
const GUTTER = 84;
const LANE = 330;
const ROW = 24;
const BARE_ROW = 14;
const MARGIN = 30;

/** From this long on, in milliseconds, a pause shows as one. */
const PAUSE_MS = 40;

/**
 * Places events: a lane per host, time downwards. A row is no length of time, because what matters happens in
 * bursts; longer pauses get more room, with the time beside them. Effects are always below their causes.
 */
export function layOut(recording: Recording): Layout {
  const ordered = inOrder(recording.events);
  const events = ordered.slice(0, MOST_EVENTS);
  const hosts = [...new Set(events.map(({ host }) => host))].sort(byName);
  const xOf = new Map(hosts.map((host, index) => [host, GUTTER + index * LANE]));
  const all = messages(events);
  const sends = new Map(all.map(({ send, receipt }) => [receipt, send]));
  const arrowed = new Set(all.flatMap(({ send, receipt }) => [send, receipt]));
  const places = new Map<TracedEvent, Mark>();
  const marks: Mark[] = [];
  const ticks: Tick[] = [];
  const lowest = new Map<NodeId, Mark>();
  let y = MARGIN - ROW / 2;
  let previous = events[0];
  for (const event of events) {
    const above = lowest.get(event.host);
    if (above !== undefined && repeats(above.event, event)) {
      above.times++;
      places.set(event, above);
      continue;
    }
    const pause = pauseHeight(event.at - (previous?.at ?? event.at));
    const send = sends.get(event);
    const sent = send && places.get(send);
    y = Math.max(y + pause, below(above), below(sent));
    const mark = { event, x: xOf.get(event.host) ?? 0, y, times: 1, bare: arrowed.has(event) };
    if (ticks.length === 0 || pause > 0 || y - (ticks.at(-1)?.y ?? 0) > 8 * ROW) {
      ticks.push({ y, ms: event.at - (events[0]?.at ?? 0) });
    }
    places.set(event, mark);
    lowest.set(event.host, mark);
    marks.push(mark);
    previous = event;
  }
  const height = y + ROW + MARGIN;
  return {
    width: GUTTER + Math.max(1, hosts.length) * LANE,
    height,
    lanes: hosts.map((host) => {
      const first = marks.find(({ event }) => event.host === host);
      return {
        host,
        x: xOf.get(host) ?? 0,
        from: first?.event.kind === 'start' ? first.y : 0,
        // A host that was started again after this one ends here.
        to: hosts.some((other) => other.startsWith(`${host.split('#', 1)[0]}#`) && byName(host, other) < 0)
          ? (lowest.get(host)?.y ?? 0)
          : height,
      };
    }),
    marks,
    ticks,
    messages: all,
    waits: waits(events),
    faults: faultSpans(events),
    markOf: (event) => places.get(event),
    omitted: ordered.length - events.length,
  };
}

/** The same fault striking the same writes again: a link tries again and again. */
function repeats(above: TracedEvent, event: TracedEvent): boolean {
  if (above.kind !== 'fault' || event.kind !== 'fault') return false;
  if (above.phase !== 'affect' || event.phase !== 'affect') return false;
  const what = ({ peer, action, writes, count }: typeof event) =>
    JSON.stringify([peer, action, writes, count]);
  return what(above) === what(event);
}

/** The least that a mark may be lower than another. */
function below(mark: Mark | undefined): number {
  return mark === undefined ? 0 : mark.y + (mark.bare ? BARE_ROW : ROW);
}

function pauseHeight(ms: number): number {
  return ms < PAUSE_MS ? 0 : Math.min(3 * ROW, Math.round((ROW / 2) * Math.log2(ms / (PAUSE_MS / 2))));
}

function byName(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
