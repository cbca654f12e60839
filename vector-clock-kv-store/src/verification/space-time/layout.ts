import type { NodeId } from '../../causality/node-id.ts';
import type { TracedEvent } from '../../trace/event.ts';
import { type Recording, sortCausally } from './recording.ts';
import { type BufferWait, bufferWaits, type FaultSpan, faultSpans, type Message, messages } from './spans.ts';

/** The position of an event, in pixels. */
export type Mark = {
  event: TracedEvent;
  x: number;
  y: number;
  /** How many consecutive equal events the mark represents. */
  count: number;
  /** Whether the mark has a label; the two ends of an arrow have none. */
  labelled: boolean;
};

/** A time label at the left edge; `ms` counts from the first event. */
type Tick = { y: number; ms: number };

/** A diagram with all positions, in pixels, but not drawn yet. */
export type Layout = {
  width: number;
  height: number;
  lanes: { host: NodeId; x: number; from: number; to: number }[];
  marks: Mark[];
  ticks: Tick[];
  messages: Message[];
  waits: BufferWait[];
  faults: FaultSpan[];
  /** Returns the mark of an event; undefined for an omitted event. */
  markOf: (event: TracedEvent) => Mark | undefined;
  /** How many events at the end were omitted. */
  omitted: number;
};

/** A page with more events scrolls slowly. */
const MAX_EVENTS = 3_000;

/** In pixels: the column of times, a lane with its labels, a labelled row, an unlabelled row, and the margin. */
const GUTTER = 84;
const LANE = 330;
const ROW = 24;
const UNLABELLED_ROW = 14;
const MARGIN = 30;

/** The shortest pause that gets extra space, in milliseconds. */
const PAUSE_MS = 40;

/**
 * Arranges events: one lane per host, time downwards, effects always below their causes.
 * Rows are not proportional to time, because most events come in bursts. Pauses get more space, with a time label.
 */
export function layOut(recording: Recording): Layout {
  const sorted = sortCausally(recording.events);
  const events = sorted.slice(0, MAX_EVENTS);
  const hosts = [...new Set(events.map(({ host }) => host))].sort(byName);
  const xOf = new Map(hosts.map((host, index) => [host, GUTTER + index * LANE]));
  const arrows = messages(events);
  const sendOf = new Map(arrows.map(({ send, receipt }) => [receipt, send]));
  const arrowEnds = new Set(arrows.flatMap(({ send, receipt }) => [send, receipt]));
  const markOf = new Map<TracedEvent, Mark>();
  const marks: Mark[] = [];
  const ticks: Tick[] = [];
  const lowest = new Map<NodeId, Mark>();
  let y = MARGIN - ROW / 2;
  let previous = events[0];
  for (const event of events) {
    const above = lowest.get(event.host);
    if (above !== undefined && isRepetition(above.event, event)) {
      above.count++;
      markOf.set(event, above);
      continue;
    }
    const pause = pauseHeight(event.at - (previous?.at ?? event.at));
    const send = sendOf.get(event);
    y = Math.max(y + pause, nextRow(above), nextRow(send && markOf.get(send)));
    const mark = { event, x: xOf.get(event.host) ?? 0, y, count: 1, labelled: !arrowEnds.has(event) };
    if (ticks.length === 0 || pause > 0 || y - (ticks.at(-1)?.y ?? 0) > 8 * ROW) {
      ticks.push({ y, ms: event.at - (events[0]?.at ?? 0) });
    }
    markOf.set(event, mark);
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
        to: isReplaced(host, hosts) ? (lowest.get(host)?.y ?? 0) : height,
      };
    }),
    marks,
    ticks,
    messages: arrows,
    waits: bufferWaits(events),
    faults: faultSpans(events),
    markOf: (event) => markOf.get(event),
    omitted: sorted.length - events.length,
  };
}

/** Whether two events are the same fault affecting the same writes, because the link retried. */
function isRepetition(above: TracedEvent, event: TracedEvent): boolean {
  if (above.kind !== 'fault' || event.kind !== 'fault') return false;
  if (above.phase !== 'affect' || event.phase !== 'affect') return false;
  const identify = ({ peer, action, writes, count }: typeof event) =>
    JSON.stringify([peer, action, writes, count]);
  return identify(above) === identify(event);
}

/** Whether a later process of the same node is among the hosts. */
function isReplaced(host: string, hosts: readonly string[]): boolean {
  const [node = ''] = host.split('#', 1);
  return hosts.some((other) => other.startsWith(`${node}#`) && byName(host, other) < 0);
}

/** The lowest y at which a mark below another does not overlap it. */
function nextRow(mark: Mark | undefined): number {
  return mark === undefined ? 0 : mark.y + (mark.labelled ? ROW : UNLABELLED_ROW);
}

function pauseHeight(ms: number): number {
  return ms < PAUSE_MS ? 0 : Math.min(3 * ROW, Math.round((ROW / 2) * Math.log2(ms / (PAUSE_MS / 2))));
}

function byName(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
