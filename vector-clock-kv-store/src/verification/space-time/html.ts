import { htmlDocument } from '@gridclock/html-page';
import escapeHtml from 'escape-html';
import type { TracedEvent, WriteSummary } from '../../trace/event.ts';
import type { Step } from '../scenarios/run-scenarios.ts';
import { draw, duration } from './draw.ts';
import { type Layout, layOut } from './layout.ts';
import type { Recording } from './recording.ts';
import { style } from './style.ts';

/** One part of a run, such as a scenario. */
export type Section = {
  name: string;
  summary: string;
  passed: boolean;
  steps: readonly Step[];
  recording: Recording;
  /** The common prefix of its keys, which the diagram omits. */
  keyPrefix?: string;
};

/** Builds a self-contained page with a diagram of each section. */
export function htmlPage(title: string, sections: readonly Section[]): string {
  const passed = sections.filter((section) => section.passed).length;
  const links = sections.map(({ name }, index) => `<a href="#run-${index}">${escapeHtml(name)}</a>`);
  const body = `<main>
<h1>${escapeHtml(title)}</h1>
<p class="soft">${passed} of ${sections.length} passed. Time runs downwards, with one lane per node. Hover over a mark for its full text and event clock.</p>
${definitions}
<ul class="legend">${legend}</ul>
<nav>${links.join('')}</nav>
${sections.map(sectionHtml).join('\n')}
</main>`;
  return htmlDocument(title, style, body);
}

function sectionHtml(section: Section, index: number): string {
  const { name, summary, passed, steps, recording, keyPrefix = '' } = section;
  const layout = layOut({
    ...recording,
    events: recording.events.map((event) => trimKeys(event, keyPrefix)),
  });
  const hosts = layout.lanes.map(({ host, x }) => `<span style="left:${x}px">${escapeHtml(host)}</span>`);
  return `<section id="run-${index}">
<header>
<div class="head"><h2>${escapeHtml(name)}</h2><span class="verdict ${passed ? 'pass">PASS' : 'fail">FAIL'}</span></div>
<p>${escapeHtml(summary)}</p>
<p class="facts">${facts(layout)}</p>
${notices(recording, layout)
  .map((text) => `<p class="notice">${escapeHtml(text)}</p>`)
  .join('')}
<details><summary>${steps.length} steps</summary><ol>${steps.map(stepHtml).join('')}</ol></details>
</header>
<div class="diagram" tabindex="0" role="region" aria-label="Diagram of ${escapeHtml(name)}"><div class="hosts" style="min-width:${layout.width}px">${hosts.join('')}</div>${draw(layout)}</div>
</section>`;
}

function facts({ marks, messages, waits, faults }: Layout): string {
  const count = (kind: TracedEvent['kind']) => marks.filter(({ event }) => event.kind === kind).length;
  const waitsMs = waits.flatMap(({ from, to }) => (to === undefined ? [] : [to.at - from.at]));
  const longest = waitsMs.length === 0 ? '' : ` (at most <b>${duration(Math.max(...waitsMs))}</b>)`;
  return [
    `<span><b>${count('write')}</b> writes</span>`,
    `<span><b>${messages.length}</b> messages</span>`,
    `<span><b>${count('deliver')}</b> deliveries</span>`,
    `<span class="waits"><b>${waits.length}</b> waits in a buffer${longest}</span>`,
    `<span><b>${faults.length}</b> link faults</span>`,
  ].join('');
}

/** Explains what the diagram does not show. */
function notices({ gaps }: Recording, { omitted, marks, waits }: Layout): string[] {
  const open = waits.filter(({ to }) => to === undefined).length;
  return [
    ...gaps.map(
      ({ host, from, to }) =>
        `Events ${from} to ${to} of ${host} are lost: its process exited, or they no longer fit in its trace. Their effects are shown without these causes.`,
    ),
    ...(omitted > 0 ? [`The last ${omitted} events are neither drawn nor counted.`] : []),
    ...(open > 0 ? [`Still in a buffer at the end: ${open} ${open === 1 ? 'write' : 'writes'}.`] : []),
    ...(marks.length === 0 ? ['No events were recorded.'] : []),
  ];
}

function stepHtml({ kind, text, result }: Step): string {
  const code = result === undefined ? '' : ` <code>${escapeHtml(JSON.stringify(result))}</code>`;
  return `<li class="${kind}">${escapeHtml(text)}${code}</li>`;
}

function trimKeys(event: TracedEvent, prefix: string): TracedEvent {
  const trim = (write: WriteSummary): WriteSummary =>
    write.key.startsWith(prefix) ? { ...write, key: write.key.slice(prefix.length) } : write;
  if ('write' in event) return { ...event, write: trim(event.write) };
  return 'writes' in event ? { ...event, writes: event.writes.map(trim) } : event;
}

const arrowHead = (effect: string) =>
  `<marker id="to-${effect}" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 1L9 5L0 9z"/></marker>`;

const definitions = `<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>${['delivered', 'buffered', 'duplicate'].map(arrowHead).join('')}<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" x2="0" y1="0" y2="6"/></pattern></defs></svg>`;

const sample = (content: string) => `<svg width="34" height="16" aria-hidden="true">${content}</svg>`;

const legend = [
  [
    sample(
      '<g class="mark write" transform="translate(17 8)"><rect x="-6" y="-6" width="12" height="12" rx="2"/></g>',
    ),
    'a write',
  ],
  [sample('<g class="mark deliver"><circle cx="17" cy="8" r="6"/></g>'), 'delivery: all causes have arrived'],
  [
    sample(
      '<rect class="wait" x="1" y="2" width="32" height="12" rx="6"/><g class="mark buffer"><circle cx="7" cy="8" r="6"/></g>',
    ),
    'wait in the buffer for a cause',
  ],
  [sample('<path class="message delivered" d="M1 8H31"/>'), 'a message, delivered on arrival'],
  [sample('<path class="message buffered" d="M1 8H31"/>'), 'a message that arrived before its causes'],
  [sample('<path class="message duplicate" d="M1 8H31"/>'), 'a duplicate message'],
  [sample('<rect class="fault-span" x="1" y="4" width="32" height="8" rx="3"/>'), 'a link fault'],
  [
    sample('<path class="cross" transform="translate(17 8)" d="M-5-5L5 5M5-5L-5 5"/>'),
    'a fault begins, affects a message or ends',
  ],
]
  .map(([drawing, text]) => `<li>${drawing}${text}</li>`)
  .join('');
