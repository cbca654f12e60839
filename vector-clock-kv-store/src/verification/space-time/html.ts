import { htmlDocument } from '@gridclock/html-page';
import escapeHtml from 'escape-html';
import type { TracedEvent, WriteSummary } from '../../trace/event.ts';
import type { Step } from '../scenarios/run-scenarios.ts';
import { draw, duration } from './draw.ts';
import { type Layout, layOut } from './layout.ts';
import { definitions, legend } from './legend.ts';
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
<div class="head"><h2>${escapeHtml(name)}</h2><span class="result ${passed ? 'pass">PASS' : 'fail">FAIL'}</span></div>
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
  const longest = waitsMs.length === 0 ? '' : `, for at most <b>${duration(Math.max(...waitsMs))}</b>`;
  return [
    `<span><b>${count('write')}</b> writes</span>`,
    `<span><b>${messages.length}</b> messages</span>`,
    `<span><b>${count('deliver')}</b> deliveries</span>`,
    `<span class="waits"><b>${waits.length}</b> buffered${longest}</span>`,
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
