import { describe, expect, it } from 'vitest';
import type { TracedEvent, TraceEventBody, WriteSummary } from '../../../src/trace/event.ts';
import { reportPage, type Section } from '../../../src/verification/space-time/report-page.tsx';

const x = { node: 'a', counter: 1, key: 'run:<x>', value: '"<script>alert(1)</script>"', vc: { a: 1 } };
const y = { node: 'b', counter: 1, key: 'run:y', value: '2', vc: { a: 1, b: 1 } };
const z = { node: 'c', counter: 1, key: 'run:z', value: '3', vc: { c: 1 } };

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

const batch = (write: WriteSummary) => ({
  writes: [{ node: write.node, counter: write.counter, key: write.key, value: write.value }],
  count: 1,
});

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
  [10, { c: 2, b: 4, a: 5 }, { kind: 'buffer', write: y, missing: { node: 'a', counter: 1 }, has: 0 }],
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

const page = reportPage('A "run"', [
  section(overtaking, { steps: [{ kind: 'passed', text: '<b>held</b>', result: { a: '<' } }] }),
]);

const count = (pattern: RegExp, text = page) => [...text.matchAll(pattern)].length;

/** The section with the diagram, without the legend. */
const diagram = page.slice(page.indexOf('<section'));

/** Counts what is drawn. What reaches over several slices is drawn in each of them. */
const countDrawn = (pattern: RegExp) =>
  new Set([...diagram.matchAll(pattern)].map(([element]) => element)).size;

describe('reportPage', () => {
  it('draws a lane with a name for every node', () => {
    expect(countDrawn(/class="lane" x1="\S+"/g)).toBe(3);
    for (const host of ['a', 'b', 'c']) expect(diagram).toContain(`<b class="lane-name">${host}</b>`);
  });

  it('draws all processes of a node on one lane, each as a part of it', () => {
    const restarted = events(
      [1, { a: 1 }, { kind: 'start' }],
      [2, { 'a#2': 1 }, { kind: 'start' }],
      [3, { b: 1 }, { kind: 'start' }],
    );
    const text = reportPage('t', [section(restarted)]);
    expect(count(/class="lane"/g, text)).toBe(2);
    expect(count(/class="process"/g, text)).toBe(3);
  });

  it('draws each message, and distinguishes those that arrived before their causes', () => {
    expect(countDrawn(/class="message delivered"[^>]*/g)).toBe(2);
    expect(countDrawn(/class="message buffered"[^>]*/g)).toBe(1);
  });

  it('shows the vector clock beside each write, delivery and buffered write', () => {
    expect(diagram).toContain(
      '<b>&lt;x>=&quot;&lt;script>alert(1)&lt;/script>&quot;</b></span><span class="clock">[1 0 0]</span>',
    );
    expect(count(/<b>y=2<\/b><\/span><span class="clock">\[1 1 0\]<\/span>/g, diagram)).toBe(3);
  });

  it('highlights waits in the buffer, with their condition and their duration', () => {
    expect(countDrawn(/<rect class="wait"[^>]*/g)).toBe(1);
    expect(diagram).toContain('y=2 waited 494 ms in the buffer');
    expect(diagram).toContain('<span class="waited"> <span class="verb">waited </span>494 ms</span>');
    expect(diagram).toContain('<span class="condition">needs a:1, has 0</span>');
  });

  it('shades the duration of a fault, and merges repeated effects of it', () => {
    expect(diagram).toContain('<title>hold on the link to c, 500 ms</title>');
    expect(diagram).toContain('<b>&lt;x> → c</b><span class="times"> ×2</span>');
  });

  it('marks a pause with a band that names its length', () => {
    expect(count(/class="pause"/g, diagram)).toBe(1);
    expect(diagram).toContain('+490 ms</span>');
  });

  it('gives every mark its description as a tooltip, and shows no event clock', () => {
    expect(diagram).toContain('title="deliver y=2 from b"');
    expect(diagram).not.toContain('&quot;c&quot;:5');
  });

  it('shows what a scenario claims, has seen and means', () => {
    const text = reportPage('t', [section([], { seen: 'it <waited>', meaning: 'order' })]);
    expect(text).toContain(
      '<dt>claim</dt><dd>a &lt; b &amp; c</dd></div><div><dt>seen</dt><dd>it &lt;waited></dd></div>' +
        '<div><dt>means</dt><dd>order</dd>',
    );
  });

  it('draws long diagrams in slices, below one head that paper repeats', () => {
    const long = events(
      ...Array.from({ length: 40 }, (_none, index): [number, Record<string, number>, TraceEventBody] => [
        index,
        { c: index + 1 },
        { kind: 'write', write: z },
      ]),
    );
    const text = reportPage('t', [section(long)]);
    expect(count(/class="slice"/g, text)).toBeGreaterThan(3);
    expect(count(/class="lane-heads"/g, text)).toBe(1);
    expect(count(/class="mark write"/g, text.slice(text.indexOf('<section')))).toBe(40);
  });

  it('draws effects below their causes even if wall clocks differ', () => {
    const skewed = reportPage('skewed', [
      section(
        events(
          [1_000, { a: 1 }, { kind: 'send', to: 'b', ...batch(x) }],
          [5, { b: 1, a: 1 }, { kind: 'receive', from: { node: 'a', counter: 1 }, ...batch(x) }],
        ),
      ),
    ]);
    const [, tail, head] =
      /class="message duplicate" x1="\S+" y1="([\d.]+)rem" x2="\S+" y2="([\d.]+)rem"/.exec(skewed) ?? [];
    expect(Number(head)).toBeGreaterThan(Number(tail));
  });

  it('shows the title, the summary, the steps and the result', () => {
    expect(page).toContain('<title>A &quot;run&quot;</title>');
    expect(page).toContain('1 of 1 passed');
    expect(diagram).toContain('<p>a &lt; b &amp; c</p>');
    expect(diagram).toContain('class="badge result accept">PASS<');
    expect(diagram).toContain(
      '<li class="passed">&lt;b>held&lt;/b> <code>{&quot;a&quot;:&quot;&lt;&quot;}</code></li>',
    );
    expect(reportPage('t', [section([], { passed: false })])).toContain('class="badge result reject">FAIL<');
  });

  it('says when, from which commit and with which command it was made', () => {
    const provenance = { at: new Date(0), commit: 'abc1234', command: 'client.ts out-of-order' };
    const text = reportPage('t', [section([])], provenance);
    expect(text).toContain('1970-01-01 00:00:00 UTC');
    expect(text).toContain('<code>abc1234</code>');
    expect(text).toContain('<code>client.ts out-of-order</code>');
  });

  it('escapes untrusted text and loads no external resources', () => {
    expect(page).not.toMatch(/<script|<b>held|javascript:/);
    expect(page).not.toMatch(/(src|href)="(?!#)|url\((?!#)|@import/);
  });

  it('opens the steps and leaves out what can be clicked on paper', () => {
    const print = page.slice(page.lastIndexOf('@media print'));
    expect(print).toMatch(/nav,\s+details \{\s+display: none/);
    expect(print).toMatch(/\.on-paper \{\s+display: block/);
  });

  it('draws lanes as shares of the width, so that all fit a phone and a sheet', () => {
    expect(diagram).toContain('x1="33.333%"');
    expect(diagram).not.toMatch(/viewBox|min-width/);
  });

  it('reports lost events, writes left in a buffer, and an empty recording', () => {
    const gaps = [{ host: 'a', from: 2, to: 4 }];
    const unfinished = overtaking.slice(0, 11);
    const text = reportPage('t', [
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
    const text = reportPage('t', [section(many)]);
    expect(count(/class="mark write"/g, text.slice(text.indexOf('<section')))).toBe(3_000);
    expect(text).toContain('The last 10 events are neither drawn');
  });
});
