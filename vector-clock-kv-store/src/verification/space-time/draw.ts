import escapeHtml from 'escape-html';
import type { TracedEvent, WriteSummary } from '../../trace/event.ts';
import { assignment, assignments, describeEvent } from './describe-event.ts';
import type { Layout, Mark } from './layout.ts';
import type { BufferWait, Message } from './spans.ts';

/** The space beside a mark, in characters. */
const MAX_LABEL_LENGTH = 44;

/** Draws the diagram as an SVG element. Colours are in style.ts. */
export function draw(layout: Layout): string {
  const { width, height, lanes, ticks, marks, messages, waits } = layout;
  const waitMs = new Map(waits.flatMap(({ from, to }) => (to === undefined ? [] : [[to, to.at - from.at]])));
  const body = [
    ...ticks.map(
      ({ y, ms }) =>
        `<line class="tick" x1="62" x2="${width}" y1="${y}" y2="${y}"/><text class="time" x="56" y="${y + 4}">${duration(ms)}</text>`,
    ),
    ...lanes.map(({ x, from, to }) => `<line class="lane" x1="${x}" x2="${x}" y1="${from}" y2="${to}"/>`),
    ...drawFaultSpans(layout),
    ...waits.map((wait) => drawWait(wait, layout)),
    ...messages.map((message) => drawMessage(message, layout)),
    ...marks.map((mark) => drawMark(mark, waitMs.get(mark.event))),
  ];
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Space-time diagram">${body.join('\n')}</svg>`;
}

/** Formats a duration in ms or s. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** Draws fault spans left of their host's lane, in a separate column for each peer. */
function drawFaultSpans(layout: Layout): string[] {
  const columns = new Map<string, number>();
  return layout.faults.map(({ from, to, host, peer, actions }) => {
    const link = `${host} ${peer}`;
    const column =
      columns.get(link) ?? [...columns.keys()].filter((other) => other.startsWith(`${host} `)).length;
    columns.set(link, column);
    const top = layout.markOf(from);
    if (top === undefined) return '';
    const bottom = (to && layout.markOf(to)?.y) ?? layout.height;
    const title = `${actions.join(', ')} on the link to ${peer}${to === undefined ? '' : `, ${duration(to.at - from.at)}`}`;
    return `<rect class="fault-span" x="${top.x - 15 - column * 9}" y="${top.y}" width="7" height="${bottom - top.y}" rx="3"><title>${escapeHtml(title)}</title></rect>`;
  });
}

function drawWait({ from, to, write }: BufferWait, { height, markOf }: Layout): string {
  const top = markOf(from);
  if (top === undefined) return '';
  const bottom = (to && markOf(to)?.y) ?? height;
  const title = `${assignment(write)} ${to === undefined ? 'is still in the buffer' : `waited ${duration(to.at - from.at)} in the buffer`}`;
  return `<rect class="wait" x="${top.x - 6}" y="${top.y}" width="12" height="${bottom - top.y}" rx="6"><title>${escapeHtml(title)}</title></rect>`;
}

function drawMessage({ send, receipt, effect }: Message, { markOf }: Layout): string {
  const tail = markOf(send);
  const head = markOf(receipt);
  if (tail === undefined || head === undefined) return '';
  const title = `${describeEvent(send)}: ${effect} after ${duration(receipt.at - send.at)}`;
  return `<path class="message ${effect}" d="${arrow(tail, head)}"><title>${escapeHtml(title)}</title></path>`;
}

function drawMark({ event, x, y, count, labelled }: Mark, waitedMs: number | undefined): string {
  const late = waitedMs === undefined ? '' : ' late';
  const title = `${describeEvent(event)}\n${event.host} ${JSON.stringify(event.clock)}`;
  const words = truncate(label(event)) + (count > 1 ? ` ×${count}` : '');
  const wait = waitedMs === undefined ? '' : `<tspan class="waited"> waited ${duration(waitedMs)}</tspan>`;
  const text = labelled ? `<text x="13" y="4">${escapeHtml(words)}${wait}</text>` : '';
  return `<g class="mark ${event.kind}${late}" transform="translate(${x} ${y})"><title>${escapeHtml(title)}</title>${shape(event)}${text}</g>`;
}

function shape({ kind }: TracedEvent): string {
  switch (kind) {
    case 'write':
      return '<rect x="-6" y="-6" width="12" height="12" rx="2"/>';
    case 'fault':
    case 'refuse':
      return '<path class="cross" d="M-5-5L5 5M5-5L-5 5"/>';
    case 'send':
    case 'receive':
      return '<circle r="3.5"/>';
    default:
      return '<circle r="6"/>';
  }
}

function label(event: TracedEvent): string {
  switch (event.kind) {
    case 'write':
      return describeEvent(event);
    case 'deliver':
      return `deliver ${assignment(event.write)}`;
    case 'buffer':
      return `buffer ${assignment(event.write)}`;
    case 'refuse':
      return `refuse ${assignment(event.write)}`;
    case 'send':
      return `send to ${event.to}`;
    case 'receive':
      return event.from === undefined ? `receive ${assignments(event)}` : `receive from ${event.from.node}`;
    case 'start':
      return 'start';
    case 'snapshot':
      return 'install a snapshot';
    case 'fault':
      if (event.phase === 'begin') return `${event.action} the link to ${event.peer}`;
      if (event.phase === 'end') return `release the link to ${event.peer}`;
      return `${participles[event.action]} for ${event.peer}: ${keys(event.writes)}`;
  }
}

const participles = {
  hold: 'held',
  drop: 'dropped',
  duplicate: 'duplicated',
  reorder: 'reordered',
  delay: 'delayed',
  cut: 'cut off',
} as const;

function keys(writes: readonly WriteSummary[]): string {
  return writes.map(({ key }) => key).join(', ');
}

function truncate(text: string): string {
  const characters = [...text];
  return characters.length > MAX_LABEL_LENGTH
    ? `${characters.slice(0, MAX_LABEL_LENGTH - 1).join('')}…`
    : text;
}

/** Returns the path of an arrow between two marks that stops short of both shapes. */
function arrow(tail: Mark, head: Mark): string {
  const [dx, dy] = [head.x - tail.x, head.y - tail.y];
  const length = Math.hypot(dx, dy) || 1;
  const at = (share: number, of: Mark) =>
    `${(of.x + dx * share).toFixed(1)} ${(of.y + dy * share).toFixed(1)}`;
  return `M${at(5 / length, tail)}L${at(-9 / length, head)}`;
}
