import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOutChart } from '../../scripts/report/figures/chart.ts';
import {
  latencyChart,
  loadChart,
  loadInUseChart,
  substationCharts,
} from '../../scripts/report/figures/grid-charts.ts';
import { panelFigure } from '../../scripts/report/figures/panel-chart.ts';
import { spaceTimeFigure } from '../../scripts/report/figures/space-time-figure.ts';
import { readGridRun, readStoreRun } from '../support/stored-runs.ts';

describe('layOutChart', () => {
  it('scales a line to shares of its width and height', () => {
    const chart = layOutChart({
      unit: 'kW',
      seconds: 10,
      series: [
        {
          name: 'load',
          form: 'line',
          points: [
            [0, 0],
            [5, 50],
            [10, 100],
          ],
        },
      ],
    });
    expect(chart.series[0]?.line).toEqual([
      [0, 0],
      [0.5, 0.5],
      [1, 1],
    ]);
    expect(chart.yTicks.map(({ text }) => text)).toEqual(['0', '20', '40', '60', '80', '100']);
  });

  it('holds a value until the next one in steps, the last until the end', () => {
    const { series } = layOutChart({
      unit: '',
      seconds: 4,
      series: [
        {
          name: 'a',
          form: 'step',
          points: [
            [0, 1],
            [2, 2],
          ],
        },
      ],
    });
    expect(series[0]?.line).toEqual([
      [0, 0.5],
      [0.5, 0.5],
      [0.5, 1],
      [1, 1],
    ]);
  });

  it('adds up stacked series that have points at different times', () => {
    const { series } = layOutChart({
      unit: '',
      seconds: 2,
      stacked: true,
      series: [
        {
          name: 'a',
          form: 'line',
          points: [
            [0, 1],
            [2, 1],
          ],
        },
        { name: 'b', form: 'line', points: [[2, 1]] },
      ],
    });
    expect(series[1]?.base).toEqual([
      [0, 0.5],
      [1, 0.5],
    ]);
    expect(series[1]?.line).toEqual([
      [0, 0.5],
      [1, 1],
    ]);
  });

  it('draws nothing outside of the chart, whatever the values are', () => {
    const points = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0, max: 1e9, noNaN: true })),
    );
    fc.assert(
      fc.property(fc.array(points, { maxLength: 3 }), fc.boolean(), (all, stacked) => {
        const chart = layOutChart({
          unit: '',
          seconds: 60,
          stacked,
          series: all.map((list, index) => ({
            name: `${index}`,
            form: 'line',
            points: list.sort(([a], [b]) => a - b),
          })),
        });
        const shares = chart.series.flatMap(({ base, line }) => [...base, ...line].flat());
        expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
      }),
    );
  });
});

describe('the charts of the grid', () => {
  it('have one scale for all substations, and a limit at their capacity', async () => {
    const charts = substationCharts(await readGridRun());
    expect(charts.map(({ id }) => id)).toEqual(['substation_1', 'substation_2', 'substation_3']);
    expect(new Set(charts.map(({ chart }) => JSON.stringify(chart.yTicks))).size).toBe(1);
    expect(charts.every(({ chart }) => chart.limit !== undefined)).toBe(true);
  });

  it('show requested above accepted load, load in use, and response times', async () => {
    const run = await readGridRun();
    expect(loadChart(run).series.map(({ name }) => name)).toEqual(['requested', 'accepted']);
    expect(loadInUseChart(run).limit?.name).toBe('capacity 300 kW');
    expect(latencyChart(run).series.map(({ name }) => name)).toEqual(['slowest', 'median']);
  });
});

describe('panelFigure', () => {
  const points: [number, number][] = [
    [0, 0.25],
    [1, 0.5],
  ];
  const panel = { title: 'Latency', description: '', unit: 's', stacked: false };

  it('draws seconds as milliseconds', () => {
    const { chart } = panelFigure({ ...panel, series: [{ name: 'p99', dashed: false, points }] }, 1);
    expect(chart.unit).toBe('ms');
    expect(chart.yTicks.at(-1)?.text).toBe('600');
  });

  it('leaves series that are always 0 out of a stack', () => {
    const series = [
      { name: 'accepted', dashed: false, points },
      { name: 'failed', dashed: false, points: [[0, 0]] as [number, number][] },
    ];
    expect(panelFigure({ ...panel, stacked: true, series }, 1).chart.series).toHaveLength(1);
  });
});

describe('spaceTimeFigure', () => {
  it('draws the buffered write with its condition, and how long it waited', async () => {
    const scenario = (await readStoreRun()).scenarios.find(({ name }) => name === 'out-of-order');
    if (scenario === undefined) throw new Error('the stored run has no such scenario');
    const figure = spaceTimeFigure(scenario, scenario.keyPrefix);
    expect(figure.lanes).toEqual(['node1', 'node2', 'node3']);
    const buffered = figure.marks.find(({ kind }) => kind === 'buffer');
    expect(buffered).toMatchObject({
      lane: 2,
      object: 'answer="the cause"',
      condition: expect.stringContaining('needs node1'),
    });
    expect(figure.marks.filter(({ waited }) => waited !== undefined)).toHaveLength(1);
    expect(figure.messages.every(({ from, to }) => to.y > from.y)).toBe(true);
  });
});
