import type { OverloadRow } from './measure.ts';

/** How a system fares under overload, against what it does with few clients and at its peak. */
export type OverloadConclusion = {
  /** Goodput with the most clients, as a share of the most at any number; the goal is 0.8. */
  goodput: number;
  /** The p99 of accepted requests with the most clients, as a multiple of that with the fewest; the goal is at most 5. */
  p99: number;
  /** Goodput with the fewest clients, right after the overload, as a share of that before. Undefined without such a row. */
  recovered: number | undefined;
  /** How much more memory the processes have with the most clients than before, at most, in MB. */
  memoryMb: number;
};

/** Compares rows by the medians of each number of clients, because one row on a busy machine says little. */
export function concludeOverload(rows: readonly OverloadRow[]): OverloadConclusion {
  const counts = rows.map(({ connections }) => connections);
  const [most, fewest] = [Math.max(...counts), Math.min(...counts)];
  const overload = rows.findIndex(({ connections }) => connections === most);
  const follows = (index: number) => rows[index - 1]?.connections === most;
  const before = rows.filter((row, index) => row.connections === fewest && !follows(index));
  const after = rows.filter((row, index) => row.connections === fewest && follows(index));
  const overloaded = rows.filter(({ connections }) => connections === most);
  const peaks = [...new Set(counts)].map((count) =>
    median(rows.filter(({ connections }) => connections === count).map(({ goodput }) => goodput)),
  );
  const grown = (rows[overload]?.memoryMb ?? []).map((_, process) => {
    const highest = (some: readonly OverloadRow[]) =>
      Math.max(...some.map(({ memoryMb }) => memoryMb[process] ?? Number.NaN));
    return highest(overloaded) - highest(rows.slice(0, overload));
  });
  const goodputOf = (some: readonly OverloadRow[]) => median(some.map(({ goodput }) => goodput));
  const p99Of = (some: readonly OverloadRow[]) => median(some.map(({ p99Ms }) => p99Ms));
  return {
    goodput: goodputOf(overloaded) / Math.max(...peaks),
    p99: p99Of(overloaded) / p99Of(before),
    recovered: after.length === 0 ? undefined : goodputOf(after) / goodputOf(before),
    memoryMb: Math.max(...grown),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
