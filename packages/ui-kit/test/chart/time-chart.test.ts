import fc from 'fast-check';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, it } from 'vitest';
import { TimeChart } from '../../src/chart/time-chart.tsx';
import { timeTicks } from '../../src/chart/time-ticks.ts';

/** The values along the vertical axis of a chart. */
function axis(largest: number): number[] {
  const series = [{ name: 'load', role: 'main' as const, points: [{ atMs: 0, value: largest }] }];
  const svg = renderToString(h(TimeChart, { label: 'load', unit: 'kW', endMs: 1_500, series, height: 10 }));
  return [...svg.matchAll(/class="axis value" style="[^"]*">([\d.e+-]+)</g)].map(([, value]) =>
    Number(value),
  );
}

describe('TimeChart', () => {
  it('has an axis of round steps that reaches the largest value', () => {
    expect(axis(100)).toEqual([0, 50, 100]);
    expect(axis(120)).toEqual([0, 50, 100, 150]);
    expect(axis(0.3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(axis(0)).toEqual([0, 0.5, 1]);
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (largest) => {
        const values = axis(largest);
        expect(values.at(-1)).toBeGreaterThanOrEqual(largest * (1 - 1e-9));
        expect(values.length).toBeLessThanOrEqual(6);
      }),
    );
  });

  it('keeps every point inside its frame', () => {
    const point = fc.record({
      atMs: fc.integer({ min: 0, max: 2_000 }),
      value: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(point), (points) => {
        const sorted = points.toSorted((a, b) => a.atMs - b.atMs);
        const series = [{ name: 'load', role: 'main' as const, points: sorted }];
        const svg = renderToString(
          h(TimeChart, { label: 'load', unit: 'kW', endMs: 1_500, series, height: 10 }),
        );
        expect(svg).not.toContain('NaN');
        const path = /class="line main" d="([^"]*)"/.exec(svg)?.[1] ?? '';
        expect(path === '').toBe(points.length === 0);
        expect(path).not.toMatch(/-\d/);
        for (const [, x, y] of path.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)) {
          expect(Number(x)).toBeLessThanOrEqual(1_000);
          expect(Number(y)).toBeLessThanOrEqual(500);
        }
      }),
    );
  });

  it('leaves a gap where there is no value', () => {
    const points = [1, undefined, 3].map((value, index) => ({ atMs: index * 500, value }));
    const series = [{ name: 'load', role: 'main' as const, points }];
    const svg = renderToString(h(TimeChart, { label: 'load', unit: 'kW', endMs: 1_500, series, height: 10 }));
    const path = /class="line main" d="([^"]*)"/.exec(svg)?.[1] ?? '';
    expect(path.match(/M/g)).toHaveLength(2);
  });

  it('has whole decades on a logarithmic axis, and survives values of 0', () => {
    const points = [0, 3, 450].map((value, index) => ({ atMs: index * 500, value }));
    const series = [{ name: 'p99', role: 'main' as const, points }];
    const svg = renderToString(
      h(TimeChart, { label: 'p99', unit: 'ms', endMs: 1_500, series, height: 10, scale: 'log' }),
    );
    const values = [...svg.matchAll(/class="axis value" style="[^"]*">([\d.]+)</g)].map(([, value]) =>
      Number(value),
    );
    expect(values).toEqual([1, 10, 100, 1_000]);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

describe('timeTicks', () => {
  it('uses seconds, minutes or hours', () => {
    expect(timeTicks(0, 60_000, 6).map(({ text }) => text)).toContain('30 s');
    expect(timeTicks(0, 600_000, 6).at(-1)).toEqual({ atMs: 600_000, text: '10 min' });
    expect(timeTicks(0, 86_400_000, 6).map(({ text }) => text)).toContain('5 h');
  });
});
