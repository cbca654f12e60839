import { type GridRun, trueLoads } from './run-grid.ts';

/** What came of a request: `missed` was rejected although a substation had room. */
export type Outcome = 'accepted' | 'missed' | 'full';

/** Returns the substations that have room for a decision's request. */
export function substationsWithRoom(
  run: GridRun,
  index: number,
  capacitiesKw: readonly number[],
): readonly string[] {
  const wanted = run.decisions[index]?.request.charge_amount ?? 0;
  const loads = trueLoads(run, index);
  return run.ids.filter((id, number) => (capacitiesKw[number] ?? 0) - (loads.get(id) ?? 0) >= wanted);
}

/** Returns the outcome of every decision. */
export function outcomesOf(run: GridRun, capacitiesKw: readonly number[]): Outcome[] {
  return run.decisions.map(({ asked }, index) => {
    if (asked.some(({ accepted }) => accepted)) return 'accepted';
    return substationsWithRoom(run, index, capacitiesKw).length > 0 ? 'missed' : 'full';
  });
}
