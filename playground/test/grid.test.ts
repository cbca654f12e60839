import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGrid, encodeGrid } from '../grid/grid-link.ts';
import { contenders, defaultGrid, type GridScenario, limits, mixNames } from '../grid/grid-scenario.ts';
import { lessons } from '../grid/lessons.ts';
import { outcomesOf, substationsWithRoom } from '../grid/outcomes.ts';
import { comparePolicies, progressOf, runGrid, trueLoads } from '../grid/run-grid.ts';

const within = ({ min, max }: { min: number; max: number }) => fc.integer({ min, max });

const scenario: fc.Arbitrary<GridScenario> = fc.record(
  {
    lesson: fc.constantFrom(...lessons.map(({ id }) => id)),
    capacitiesKw: fc.array(within(limits.capacityKw), { minLength: 1, maxLength: 6 }),
    policy: fc.constantFrom(...contenders),
    mix: fc.constantFrom(...mixNames),
    pollMs: within(limits.pollMs),
    seed: within(limits.seed),
    decision: within(limits.decision),
  },
  { requiredKeys: ['capacitiesKw', 'policy', 'mix', 'pollMs', 'seed', 'decision'] },
);

describe('the link of a grid scenario', () => {
  it('reads back every scenario that it writes', () => {
    fc.assert(
      fc.property(scenario, (grid) => {
        expect(decodeGrid(encodeGrid(grid))).toEqual(grid);
      }),
    );
  });

  it('has defaults for what it leaves out', () => {
    expect(decodeGrid('grid')).toEqual(defaultGrid);
    expect(decodeGrid('grid;policy,random')).toEqual({ ...defaultGrid, policy: 'random' });
  });

  it.each([
    { fragment: 'store', problem: 'does not begin with #grid' },
    { fragment: 'grid;lesson,none', problem: 'it has to be one of herd, own-messages, best-fit' },
    { fragment: 'grid;kw,80,1', problem: 'kw in the link is "1"; it has to be 20 to 300' },
    { fragment: 'grid;kw,80,80,80,80,80,80,80', problem: 'lists 7 substations; it takes 1 to 6' },
    { fragment: 'grid;policy,best', problem: 'it has to be one of least-load' },
    { fragment: 'grid;mix,huge', problem: 'it has to be one of small, all, rush' },
    { fragment: 'grid;poll,0', problem: 'it has to be 100 to 10000' },
    { fragment: 'grid;poll', problem: 'has to be a name and one value' },
    { fragment: 'grid;speed,1', problem: '"speed" in the link is unknown' },
    { fragment: `grid;${'x'.repeat(200)}`, problem: 'longer than 200 characters' },
  ])('refuses a link: $problem', ({ fragment, problem }) => {
    expect(() => decodeGrid(fragment)).toThrow(problem);
  });
});

describe('a run of the grid', () => {
  it('records one decision for each request, without changing the run', () => {
    const run = runGrid(defaultGrid);
    const accepted = run.decisions.filter(({ asked }) => asked.some((one) => one.accepted));
    expect(run.decisions).toHaveLength(run.result.requests);
    expect(run.decisions.length - accepted.length).toBe(run.result.rejected);
    expect(accepted.reduce((sum, { request }) => sum + request.charge_amount, 0)).toBeCloseTo(
      run.result.acceptedKw,
    );
    expect(run.result.invariantsHeld).toBe(true);
    expect(runGrid(defaultGrid)).toEqual(run);
  });

  it('never exceeds a capacity at any decision', () => {
    const run = runGrid(defaultGrid);
    for (const index of run.decisions.keys()) {
      for (const [number, load] of [...trueLoads(run, index).values()].entries())
        expect(load).toBeLessThanOrEqual(defaultGrid.capacitiesKw[number] ?? 0);
    }
  });

  it('accepts at most the bound, all the time', () => {
    for (const { acceptedKw, boundKw } of progressOf(runGrid(defaultGrid), defaultGrid.capacitiesKw))
      expect(acceptedKw).toBeLessThanOrEqual(boundKw + 1e-6);
  });

  it('shows that the original routing accepts least', () => {
    expect(comparePolicies(defaultGrid).at(-1)?.policy).toBe('original');
  });

  it('tells mistakes from rejections without room', () => {
    const original = { ...defaultGrid, policy: 'original', mix: 'small', pollMs: 5_000 } as const;
    const run = runGrid(original);
    const outcomes = outcomesOf(run, original.capacitiesKw);
    expect(outcomes.filter((outcome) => outcome !== 'accepted')).toHaveLength(run.result.rejected);
    const missed = outcomes.indexOf('missed');
    const withRoom = substationsWithRoom(run, missed, original.capacitiesKw);
    expect(withRoom).toEqual(['substation_1', 'substation_3']);
    expect(run.decisions[missed]?.asked).toEqual([{ id: 'substation_2', accepted: false }]);
  });
});
