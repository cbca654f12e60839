import { describe, expect, it } from 'vitest';
import type { TracedEvent, TraceEventBody } from '../../../src/trace/event.ts';
import { htmlPage, type Section } from '../../../src/verification/space-time/html.ts';
import { style } from '../../../src/verification/space-time/style.ts';

const x = { node: 'a', counter: 1, key: 'run:<x>', value: '"<script>alert(1)</script>"' };
const y = { node: 'b', counter: 1, key: 'run:y', value: '2' };
const z = { node: 'c', counter: 1, key: 'run:z', value: '3' };

/** Builds events; each one's host is the first in its clock. */
function events(
  ...list: readonly [at: number, clock: Record<string, number>, TraceEventBody][]
): TracedEvent[] {
  return list.map(([at, clock, body]) => ({
    ...body,
    host: Object.keys(clock)[0] ?? '',
    at,
    clock,
  }));
}

const batch = (write: typeof x) => ({ writes: [write], count: 1 });

/** The write of b reaches c before the write of a, on which it depends. */
const overtaking = events(
  [0, { a: 1 }, { kind: 'fault', peer: 'c', phase: 'begin', action: 'hold' }],
  [1, { a: 2 }, { kind: 'write', write: x }],
  [2, { a: 3 }, { kind: 'fault', peer: 'c', phase: 'affect', action: 'hold', ...batch(x) }],
  [3, { a: 4 }, { kind: 'fault', peer: 'c', phase: 'affect', action: 'hold', ...batch(x) }],
  [4, { a: 5 }, { kind: 'send', to: 'b', ...batch(x) }],
  [5, { b: 1, a: 5 }, { kind: 'receive', from: { node: 'a', counter: 5 }, ...batch(x) }],
  [6, { b: 2, a: 5 }, { kind: 'deliver', write: x }],
  [7, { b: 3, a: 5 }, { kind: 'write', write: y }],
  [8, { b: 4, a: 5 }, { kind: 'send', to: 'c', ...batch(y) }],
  [9, { c: 1, b: 4, a: 5 }, { kind: 'receive', from: { node: 'b', counter: 4 }, ...batch(y) }],
  [10, { c: 2, b: 4, a: 5 }, { kind: 'buffer', write: y, missing: { node: 'a', counter: 1 } }],
  [500, { a: 6 }, { kind: 'fault', peer: 'c', phase: 'end' }],
  [501, { a: 7 }, { kind: 'send', to: 'c', ...batch(x) }],
  [502, { c: 3, b: 4, a: 7 }, { kind: 'receive', from: { node: 'a', counter: 7 }, ...batch(x) }],
  [503, { c: 4, b: 4, a: 7 }, { kind: 'deliver', write: x }],
  [504, { c: 5, b: 4, a: 7 }, { kind: 'deliver', write: y }],
);

function section(list: readonly TracedEvent[], other: Partial<Section> = {}): Section {
  const recording = { events: list, gaps: [] };
  return {
    name: 'tiny',
    summary: 'a < b & c',
    passed: true,
    steps: [],
    keyPrefix: 'run:',
    recording,
    ...other,
  };
}

const page = htmlPage('A "run"', [
  section(overtaking, { steps: [{ kind: 'passed', text: '<b>held</b>', result: { a: '<' } }] }),
]);

const count = (pattern: RegExp, text = page) => [...text.matchAll(pattern)].length;

/** The section with the diagram, without the legend. */
const diagram = page.slice(page.indexOf('<section'));

describe('htmlPage', () => {
  it('draws a lane with a name for every node', () => {
    expect(count(/class="lane"/g, diagram)).toBe(3);
    for (const host of ['a', 'b', 'c']) expect(diagram).toContain(`px">${host}</span>`);
  });

  it('draws each message, and distinguishes those that arrived before their causes', () => {
    expect(count(/class="message delivered"/g, diagram)).toBe(2);
    expect(count(/class="message buffered"/g, diagram)).toBe(1);
  });

  it('highlights waits in the buffer, with their duration', () => {
    expect(count(/<rect class="wait"/g, diagram)).toBe(1);
    expect(diagram).toContain('y=2 waited 494 ms in the buffer');
    expect(diagram).toContain('<tspan class="waited"> waited 494 ms</tspan>');
    expect(diagram).toContain('until write 1 of a arrives');
  });

  it('shades the duration of a fault, and merges repeated effects of it', () => {
    expect(diagram).toContain('<title>hold on the link to c, 500 ms</title>');
    expect(diagram).toContain('held for c: &lt;x&gt; ×2');
  });

  it('gives every mark its description and event clock as a tooltip', () => {
    expect(diagram).toContain(
      'deliver y=2 from b\nc {&quot;c&quot;:5,&quot;b&quot;:4,&quot;a&quot;:7}</title>',
    );
  });

  it('draws effects below their causes even if wall clocks differ', () => {
    const skewed = htmlPage('skewed', [
      section(
        events(
          [1_000, { a: 1 }, { kind: 'send', to: 'b', ...batch(x) }],
          [5, { b: 1, a: 1 }, { kind: 'receive', from: { node: 'a', counter: 1 }, ...batch(x) }],
        ),
      ),
    ]);
    const [, tail, head] = /class="message duplicate" d="M\S+ (\S+)L\S+ (\S+)"/.exec(skewed) ?? [];
    expect(Number(head)).toBeGreaterThan(Number(tail));
  });

  it('shows the title, the summary, the steps and the result', () => {
    expect(page).toContain('<title>A &quot;run&quot;</title>');
    expect(page).toContain('1 of 1 passed');
    expect(diagram).toContain('<p>a &lt; b &amp; c</p>');
    expect(diagram).toContain('class="result pass">PASS<');
    expect(diagram).toContain(
      '<li class="passed">&lt;b&gt;held&lt;/b&gt; <code>{&quot;a&quot;:&quot;&lt;&quot;}</code></li>',
    );
    expect(htmlPage('t', [section([], { passed: false })])).toContain('class="result fail">FAIL<');
  });

  it('escapes untrusted text and loads no external resources', () => {
    expect(page).not.toMatch(/<script|<b>held|javascript:/);
    expect(page).not.toMatch(/(src|href)="(?!#)|url\((?!#)|@import/);
  });

  it('has a dark colour scheme', () => {
    expect(page).toContain('@media (prefers-color-scheme: dark)');
  });

  it('has a text contrast of at least 4.5:1 in both colour schemes (WCAG 2.2, AA)', () => {
    const palettes = [...style.matchAll(/:root \{([^}]*)\}/g)].map(([, lines = '']) =>
      Object.fromEntries(
        [...lines.matchAll(/--([\w-]+): (#\w{6})/g)].map(([, name, colour]) => [name, colour]),
      ),
    );
    expect(palettes).toHaveLength(2);
    for (const { card = '', ...colours } of palettes)
      for (const name of ['ink', 'soft', 'write', 'deliver', 'buffer', 'fault'])
        expect(contrast(colours[name] ?? card, card), name).toBeGreaterThanOrEqual(4.5);
  });

  it('makes wide diagrams scrollable by keyboard', () => {
    expect(page).toContain('<div class="diagram" tabindex="0" role="region" aria-label="Diagram of ');
  });

  it('reports lost events, writes left in a buffer, and an empty recording', () => {
    const gaps = [{ host: 'a', from: 2, to: 4 }];
    const unfinished = overtaking.slice(0, 11);
    const text = htmlPage('t', [
      section(unfinished, { recording: { events: unfinished, gaps } }),
      section([]),
    ]);
    expect(text).toContain('Events 2 to 4 of a are lost');
    expect(text).toContain('Still in a buffer at the end: 1 write.');
    expect(text).toContain('No events were recorded');
  });

  it('draws thousands of events, and reports how many it omits', () => {
    const many = events(
      ...Array.from(
        { length: 3_010 },
        (_none, index) => [index, { c: index + 1 }, { kind: 'write', write: z }] as const,
      ).map(([at, clock, body]): [number, Record<string, number>, TraceEventBody] => [at, clock, body]),
    );
    const text = htmlPage('t', [section(many)]);
    expect(count(/class="mark write"/g, text.slice(text.indexOf('<section')))).toBe(3_000);
    expect(text).toContain('The last 10 events are neither drawn');
  });
});

/** Returns the WCAG contrast ratio of two `#rrggbb` colours. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
