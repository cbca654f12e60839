import type { GridRun } from '../run-data.ts';

/** How evenly a run used the substations, from the balancer's samples. Shares are from 0 to 1. */
export type Fairness = {
  /** The mean share of its capacity that each substation had in use. */
  utilisation: Record<string, number>;
  /** The mean share of the whole grid's capacity in use. */
  grid: number;
  /**
   * Jain's index of the utilisations: 1 when all are equal, 1/n when one substation has everything.
   *
   * R. Jain, D. Chiu, W. Hawe, "A Quantitative Measure of Fairness and Discrimination", DEC-TR-301, 1984.
   */
  jain: number;
};

/** Measures how evenly a run used the substations. */
export function fairnessOf({ capacities, run: { samples } }: Pick<GridRun, 'capacities' | 'run'>): Fairness {
  const meanLoad = (id: string) =>
    samples.length === 0 ? 0 : samples.reduce((sum, { loads }) => sum + (loads[id] ?? 0), 0) / samples.length;
  const ids = Object.keys(capacities);
  const shares = ids.map((id): [string, number] => [id, meanLoad(id) / (capacities[id] ?? 1)]);
  const total = Object.values(capacities).reduce((sum, kw) => sum + kw, 0);
  return {
    utilisation: Object.fromEntries(shares),
    grid: ids.reduce((sum, id) => sum + meanLoad(id), 0) / total,
    jain: jainIndex(shares.map(([, share]) => share)),
  };
}

function jainIndex(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value ** 2, 0);
  return squares === 0 ? 1 : sum ** 2 / (values.length * squares);
}
