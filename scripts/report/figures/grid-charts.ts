import { latencyOverTime } from '../../../smart-grid-load-balancer/load_tester/html/latency-over-time.ts';
import { loadInUse } from '../../../smart-grid-load-balancer/load_tester/html/load-in-use.ts';
import { loadOverTime } from '../../../smart-grid-load-balancer/load_tester/html/load-over-time.ts';
import type { GridRun } from '../run-data.ts';
import { type Chart, layOutChart } from './chart.ts';

/** Requested and accepted load in each second, from the sums of the load tester's page. */
export function loadChart({ run: { durationMs, records } }: GridRun): Chart {
  const slots = loadOverTime(records, durationMs);
  return layOutChart({
    unit: 'kW per second',
    seconds: durationMs / 1_000,
    series: [
      {
        name: 'requested',
        colour: 'context',
        form: 'step',
        filled: true,
        points: slots.map(({ atMs, requested }) => [atMs / 1_000, requested]),
      },
      {
        name: 'accepted',
        colour: 'green',
        form: 'step',
        filled: true,
        points: slots.map(({ accepted, atMs }) => [atMs / 1_000, accepted]),
      },
    ],
  });
}

/** The load in use at each substation against its capacity, by the balancer's view. */
export function substationCharts({
  capacities,
  run: { durationMs, samples },
}: GridRun): { id: string; chart: Chart }[] {
  const reach = Math.max(
    ...Object.values(capacities),
    ...samples.flatMap(({ loads }) => Object.values(loads)),
  );
  return Object.entries(capacities)
    .toSorted(([left], [right]) => left.localeCompare(right, 'en', { numeric: true }))
    .map(([id, capacity]) => ({
      id,
      chart: layOutChart({
        unit: 'kW',
        seconds: durationMs / 1_000,
        rows: 3,
        columns: 3,
        reach,
        limit: { name: `capacity ${capacity} kW`, value: capacity },
        series: [
          {
            name: id,
            colour: 'blue',
            form: 'step',
            filled: true,
            points: samples.map(({ atMs, loads }) => [atMs / 1_000, loads[id] ?? 0]),
          },
        ],
      }),
    }));
}

/** The load of the whole grid against its capacity, and what the balancer believed; as on the load tester's page. */
export function loadInUseChart({ capacities, run }: GridRun): Chart {
  const { believed, capacityKw, slots } = loadInUse(run, capacities);
  const points = (values: readonly { atMs: number; kw: number }[]) =>
    values.map(({ atMs, kw }): [number, number] => [atMs / 1_000, kw]);
  return layOutChart({
    unit: 'kW',
    seconds: run.durationMs / 1_000,
    rows: 3,
    ...(capacityKw === undefined ? {} : { limit: { name: `capacity ${capacityKw} kW`, value: capacityKw } }),
    series: [
      { name: 'believed by the balancer', colour: 'context', form: 'step', points: points(believed) },
      { name: 'in use', colour: 'blue', form: 'step', filled: true, points: points(slots) },
    ],
  });
}

/** Median and slowest response time in each slot. */
export function latencyChart({ run: { durationMs, records } }: GridRun): Chart {
  const slots = latencyOverTime(records, durationMs);
  const pointsOf = (name: 'slowest' | 'median') =>
    slots.flatMap((slot): [number, number][] => {
      const value = slot[name];
      return value === undefined ? [] : [[slot.atMs / 1_000, value]];
    });
  return layOutChart({
    unit: 'ms',
    seconds: durationMs / 1_000,
    rows: 3,
    series: [
      { name: 'slowest', colour: 'context', form: 'step', filled: true, points: pointsOf('slowest') },
      { name: 'median', colour: 'blue', form: 'step', filled: true, points: pointsOf('median') },
    ],
  });
}
