import escapeHtml from 'escape-html';
import type { TracedEvent, WriteSummary } from '../../trace/event.ts';
import { assigned, describe, listed } from './describe.ts';
import type { Layout, Mark } from './layout.ts';

/** What fits beside a mark, in characters. */
const LABEL_CHARACTERS = 44;

/** The diagram as an SVG element; its looks are in style.ts. */
export function draw(layout: Layout): string {
  const { width, height, lanes, ticks, marks, messages, waits, faults, markOf } = layout;
  const waited = new Map(waits.flatMap(({ from, to }) => (to === undefined ? [] : [[to, to.at - from.at]])));
  const sides = new Map<string, number>();
  const body = [
    ...ticks.map(
      ({ y, ms }) =>
        `<line class="tick" x1="62" x2="${width}" y1="${y}" y2="${y}"/><text class="time" x="56" y="${y + 4}">${duration(ms)}</text>`,
    ),
    ...lanes.map(({ x, from, to }) => `<line class="lane" x1="${x}" x2="${x}" y1="${from}" y2="${to}"/>`),
    ...faults.map(({ from, to, host, peer, actions }) => {
      // Ways to different peers stand beside each other, left of the lane.
      const side =
        sides.get(`${host} ${peer}`) ?? [...sides.keys()].filter((way) => way.startsWith(`${host} `)).length;
      sides.set(`${host} ${peer}`, side);
      const top = markOf(from);
      const bottom = to === undefined ? height : (markOf(to)?.y ?? height);
      if (top === undefined) return '';
      const title = `${actions.join(', ')} on the way to ${peer}${to === undefined ? '' : `, ${duration(to.at - from.at)}`}`;
      return `<rect class="fault-span" x="${top.x - 15 - side * 9}" y="${top.y}" width="7" height="${bottom - top.y}" rx="3"><title>${escapeHtml(title)}</title></rect>`;
    }),
    ...waits.map(({ from, to, write }) => {
      const top = markOf(from);
      const bottom = to === undefined ? height : (markOf(to)?.y ?? height);
      if (top === undefined) return '';
      const title = `${assigned(write)} ${to === undefined ? 'is still in the buffer' : `waited ${duration(to.at - from.at)} in the buffer`}`;
      return `<rect class="wait" x="${top.x - 6}" y="${top.y}" width="12" height="${bottom - top.y}" rx="6"><title>${escapeHtml(title)}</title></rect>`;
    }),
    ...messages.map(({ send, receipt, outcome }) => {
      const tail = markOf(send);
      const head = markOf(receipt);
      if (tail === undefined || head === undefined) return '';
      return `<path class="message ${outcome}" d="${arrow(tail, head)}"><title>${escapeHtml(`${describe(send)}: ${outcome}, ${duration(receipt.at - send.at)} on the way`)}</title></path>`;
    }),
    ...marks.map((mark) => drawMark(mark, waited.get(mark.event))),
  ];
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Space-time diagram">${body.join('\n')}</svg>`;
}

/** Milliseconds in the unit that reads best. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

function drawMark({ event, x, y, times, bare }: Mark, waitedMs: number | undefined): string {
  const late = waitedMs === undefined ? '' : ' late';
  const title = `${describe(event)}\n${event.host} ${JSON.stringify(event.clock)}`;
  const words = cut(label(event)) + (times > 1 ? ` ×${times}` : '');
  const wait = waitedMs === undefined ? '' : `<tspan class="waited"> waited ${duration(waitedMs)}</tspan>`;
  const text = bare ? '' : `<text x="13" y="4">${escapeHtml(words)}${wait}</text>`;
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
      return describe(event);
    case 'deliver':
      return `deliver ${assigned(event.write)}`;
    case 'buffer':
      return `buffer ${assigned(event.write)}`;
    case 'refuse':
      return `refuse ${assigned(event.write)}`;
    case 'send':
      return `send to ${event.to}`;
    case 'receive':
      return event.from === undefined ? `receive ${listed(event)}` : `receive from ${event.from.node}`;
    case 'start':
      return 'start';
    case 'snapshot':
      return 'install a snapshot';
    case 'fault':
      if (event.phase === 'begin') return `${event.action} the way to ${event.peer}`;
      if (event.phase === 'end') return `release the way to ${event.peer}`;
      return `${past[event.action]} for ${event.peer}: ${names(event.writes)}`;
  }
}

const past = {
  hold: 'held back',
  drop: 'dropped',
  duplicate: 'doubled',
  reorder: 'reordered',
  delay: 'delayed',
} as const;

function names(writes: readonly WriteSummary[]): string {
  return writes.map(({ key }) => key).join(', ');
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length > LABEL_CHARACTERS
    ? `${characters.slice(0, LABEL_CHARACTERS - 1).join('')}…`
    : text;
}

/** From mark to mark, ending short of the head's edge. */
function arrow(tail: Mark, head: Mark): string {
  const [dx, dy] = [head.x - tail.x, head.y - tail.y];
  const length = Math.hypot(dx, dy) || 1;
  const at = (share: number, of: Mark) =>
    `${(of.x + dx * share).toFixed(1)} ${(of.y + dy * share).toFixed(1)}`;
  return `M${at(5 / length, tail)}L${at(-9 / length, head)}`;
}
