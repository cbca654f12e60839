import type { NodeId } from '../causality/node-id.ts';
import type { TracedEvent } from '../trace/event.ts';
import { laneOf, sortLanes } from './lanes.ts';
import { type MarkLabel, markLabel } from './mark-label.ts';
import { type Recording, sortCausally } from './recording.ts';
import { type BufferWait, bufferWaits, type FaultSpan, faultSpans, type Message, messages } from './spans.ts';

/** The position of an event: its lane, and its height in pixels of a normal text size. */
export type Mark = {
  event: TracedEvent;
  lane: number;
  y: number;
  /** How many consecutive equal events the mark represents. */
  count: number;
  /** Undefined for the two ends of an arrow. */
  label: MarkLabel | undefined;
  /** Whether the delivered write had waited in the buffer, which its label says too. */
  isLate: boolean;
};

/** A time at the left edge. */
type Tick = { y: number; at: number };

/** A jump of the time axis, drawn as a band: rows follow the order of events, so distances do not show times. */
type Pause = { y: number; height: number; ms: number };

/** A part of the height, over all lanes. No mark or label reaches from one into the next. */
export type Slice = { top: number; height: number };

/** A diagram with all positions, but not drawn yet. */
export type Layout = {
  height: number;
  /** Where paper may break the diagram, from top to bottom; one slice unless the options ask for more. */
  slices: Slice[];
  lanes: string[];
  /** The time of each process, as a part of its lane. */
  processes: { host: NodeId; lane: number; from: number; to: number }[];
  marks: Mark[];
  ticks: Tick[];
  pauses: Pause[];
  messages: Message[];
  waits: BufferWait[];
  faults: FaultSpan[];
  /** Returns the mark of an event; undefined for an omitted event. */
  markOf: (event: TracedEvent) => Mark | undefined;
  /** How many events at the end were omitted. */
  omitted: number;
};

export type LayoutOptions = {
  /** A page with more events scrolls slowly. */
  maxEvents?: number;
  /** Lanes to draw even if nothing happened there. */
  lanes?: readonly string[];
  /** Whether the diagram can be broken over several sheets. */
  isSliced?: boolean;
  /** Whether every time is a step, which begins lower than the one before and is named at the left edge. */
  hasSteps?: boolean;
  /** Replaces the label of an event; undefined draws none. */
  relabel?: (event: TracedEvent, label: MarkLabel | undefined) => MarkLabel | undefined;
};

const MAX_EVENTS = 3_000;

/** Heights: from the mark above to the next, by the lines of its label; and before the first mark. */
const ROW = 24;
const CLOCK_LINE = 15;
const UNLABELLED_ROW = 13;
const MARGIN = 22;

/** How much lower than its sending a message at least arrives, so that arrows visibly run downwards. */
const SLOPE = 12;

/** Rows of a burst are at most this far apart, in milliseconds. A longer wait becomes a band that names its length. */
const PAUSE_MS = 40;

/** How much lower a step begins: room for its name. */
const STEP = 16;

/** The heights after which a diagram is cut where that needs no space, and where it does; a sheet has about 1,000. */
const SLICE = 100;
const LONGEST_SLICE = 420;

/**
 * Arranges events: one lane per node, time downwards, effects always below their causes. Rows are not proportional to
 * time, because most events come in bursts.
 */
export function layOut(recording: Recording, options: LayoutOptions = {}): Layout {
  const sorted = sortCausally(recording.events);
  const events = sorted.slice(0, options.maxEvents ?? MAX_EVENTS);
  const lanes = sortLanes([...(options.lanes ?? []), ...events.map(({ host }) => laneOf(host))]);
  const arrows = messages(events);
  const sendOf = new Map(arrows.map(({ send, receipt }) => [receipt, send]));
  const waits = bufferWaits(events);
  const late = new Set(waits.map(({ to }) => to));
  const arrowEnds = new Set(arrows.flatMap(({ send, receipt }) => [send, receipt]));
  const markOf = new Map<TracedEvent, Mark>();
  const marks: Mark[] = [];
  const ticks: Tick[] = [];
  const pauses: Pause[] = [];
  const lowest = new Map<number, Mark>();
  const cuts = [0];
  let y = MARGIN;
  let bottom = MARGIN;
  let previous = events[0];
  for (const event of events) {
    const lane = lanes.indexOf(laneOf(event.host));
    const above = lowest.get(lane);
    if (above !== undefined && isRepetition(above.event, event)) {
      above.count++;
      markOf.set(event, above);
      continue;
    }
    const waited = event.at - (previous?.at ?? event.at);
    const start = bottom;
    if (waited >= PAUSE_MS) {
      const pause = { y: bottom, height: pauseHeight(waited), ms: waited };
      pauses.push(pause);
      // Below everything above, so that no label reaches into the band.
      y = bottom + pause.height + ROW / 2;
    }
    const isStep = options.hasSteps === true && waited > 0;
    if (isStep) y += STEP;
    const send = sendOf.get(event);
    y = Math.max(y, nextRow(above), nextRow(send && markOf.get(send)) + (send === undefined ? 0 : SLOPE));
    const sinceCut = start - (cuts.at(-1) ?? 0);
    if (options.isSliced && sinceCut > LONGEST_SLICE) y = Math.max(y, start + ROW / 2);
    if (options.isSliced && sinceCut > SLICE && y - start >= ROW / 2) cuts.push(start);
    const ownLabel = arrowEnds.has(event) ? undefined : markLabel(event, lanes);
    const label = options.relabel === undefined ? ownLabel : options.relabel(event, ownLabel);
    const mark = { event, lane, y, count: 1, label, isLate: late.has(event) };
    if (ticks.length === 0 || isStep || waited >= PAUSE_MS || y - (ticks.at(-1)?.y ?? 0) > 8 * ROW)
      ticks.push({ y, at: event.at });
    markOf.set(event, mark);
    lowest.set(lane, mark);
    bottom = Math.max(bottom, nextRow(mark) - 6);
    marks.push(mark);
    previous = event;
  }
  const height = bottom + MARGIN;
  return {
    height,
    slices: cuts.map((top, index) => ({ top, height: (cuts[index + 1] ?? height) - top })),
    lanes,
    processes: processesOf(marks, height),
    marks,
    ticks,
    pauses,
    messages: arrows,
    waits,
    faults: faultSpans(events),
    markOf: (event) => markOf.get(event),
    omitted: sorted.length - events.length,
  };
}

/** Grows with the order of magnitude of a pause, from a row to a few. */
function pauseHeight(ms: number): number {
  return Math.round(16 + 8 * Math.log10(ms / PAUSE_MS));
}

/** Whether two events are the same fault affecting the same writes, because the link retried. */
function isRepetition(above: TracedEvent, event: TracedEvent): boolean {
  if (above.kind !== 'fault' || event.kind !== 'fault') return false;
  if (above.phase !== 'affect' || event.phase !== 'affect') return false;
  const identify = ({ peer, action, writes, count }: typeof event) =>
    JSON.stringify([peer, action, writes, count]);
  return identify(above) === identify(event);
}

/** Divides each lane into the times of its processes: a process ends at its last event if another one follows. */
function processesOf(marks: readonly Mark[], height: number): Layout['processes'] {
  const found = new Map<NodeId, Layout['processes'][number]>();
  const last = new Map<number, NodeId>();
  for (const { event, lane, y } of marks) {
    const process = found.get(event.host);
    if (process === undefined) {
      const from = event.kind === 'start' ? y : 0;
      found.set(event.host, { host: event.host, lane, from, to: y });
      last.set(lane, event.host);
    } else process.to = y;
  }
  for (const host of last.values()) {
    const process = found.get(host);
    if (process !== undefined) process.to = height;
  }
  return [...found.values()];
}

/** The lowest y at which a mark below another does not overlap it. */
function nextRow(mark: Mark | undefined): number {
  if (mark === undefined) return 0;
  const { isLate, label, y } = mark;
  if (label === undefined) return y + UNLABELLED_ROW;
  const lines =
    (label.clock === undefined ? 0 : 1) + (label.condition === undefined ? 0 : 2) + (isLate ? 1 : 0);
  return y + ROW + lines * CLOCK_LINE;
}
