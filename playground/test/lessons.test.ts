import { describe, expect, it } from 'vitest';
import { decodeGrid, encodeGrid } from '../grid/grid-link.ts';
import { lessons as gridLessons } from '../grid/lessons.ts';
import { comparePolicies, runGrid } from '../grid/run-grid.ts';
import { lessons } from '../store/lessons.ts';
import { play } from '../store/play.ts';
import { decodeScenario, encodeScenario } from '../store/scenario-link.ts';

function lesson(id: string) {
  const { fragment = '' } = [...lessons, ...gridLessons].find((one) => one.id === id) ?? {};
  return fragment;
}

/** Plays the first steps of a lesson. */
function playLesson(id: string, steps: number, rule: 'causal' | 'naive' = 'causal') {
  return play(decodeScenario(lesson(id)).actions.slice(0, steps), rule);
}

/** The share of the bound that each policy accepts. */
function sharesOf(fragment: string): Map<string, number> {
  return new Map(comparePolicies(decodeGrid(fragment)).map(({ policy, share }) => [policy, share]));
}

describe('the lessons of the store', () => {
  it.each(lessons)('are played to their end under the right rule: $title', ({ id, fragment }) => {
    const scenario = decodeScenario(fragment);
    expect(scenario.lesson).toBe(id);
    expect(encodeScenario(scenario)).toBe(fragment);
    expect(play(scenario.actions, 'causal').verdict.consistent).toBe(true);
  });

  it('show a buffered write at step 5, and none at the end', () => {
    expect(playLesson('buffered-write', 5).nodes[2]?.rule.buffered()).toHaveLength(1);
    expect(playLesson('buffered-write', 7).nodes[2]?.rule.buffered()).toHaveLength(0);
  });

  it('show siblings in the same order everywhere, and their end', () => {
    const values = (steps: number) =>
      playLesson('siblings', steps).nodes.map(({ versions }) => versions.get('x')?.map(({ value }) => value));
    expect(values(3)).toEqual([
      ['blue', 'red'],
      ['blue', 'red'],
      ['blue', 'red'],
    ]);
    expect(values(5)).toEqual([['both'], ['both'], ['both']]);
  });

  it('show a difference during a cut, and agreement after it', () => {
    const values = (steps: number) =>
      playLesson('partition', steps).nodes.map(({ versions }) => versions.get('x')?.[0]?.value);
    expect(values(7)).toEqual(['left', 'left', 'right']);
    expect(new Set(values(10)).size).toBe(1);
  });

  it('convict the naive rule at step 4, for good', () => {
    const verdict = (steps: number) => playLesson('naive-rule', steps, 'naive').verdict;
    expect(verdict(3).consistent).toBe(true);
    for (const steps of [4, 5, 6]) expect(verdict(steps)).toMatchObject({ pattern: 'WriteCOInitRead' });
  });

  it('show a write that waits for a lost one, at step 7', () => {
    expect(playLesson('loss', 7).nodes[2]?.rule.buffered()).toHaveLength(1);
    expect(playLesson('loss', 9).nodes[2]?.rule.clock).toEqual({ node1: 2 });
  });
});

describe('the lessons of the grid', () => {
  it.each(gridLessons)('are links that the page writes: $title', ({ id, fragment }) => {
    const scenario = decodeGrid(fragment);
    expect(scenario.lesson).toBe(id);
    expect(decodeGrid(encodeGrid(scenario))).toEqual(scenario);
    expect(scenario.decision).toBeLessThanOrEqual(runGrid(scenario).decisions.length);
  });

  it('show that the herd costs a third of the load', () => {
    const shares = sharesOf(lesson('herd'));
    expect(shares.get('original')).toBeLessThan(0.7);
    expect(shares.get('least-load')).toBeGreaterThan(0.9);
  });

  it('show that the poll interval hardly matters to a view that counts its messages', () => {
    const share = (pollMs: number) => {
      const { acceptedKw, boundKw } = runGrid({ ...decodeGrid(lesson('own-messages')), pollMs }).result;
      return acceptedKw / boundKw;
    };
    for (const pollMs of [100, 1_000, 10_000]) expect(share(pollMs)).toBeGreaterThan(0.9);
  });

  it('show that best fit accepts most where large cars come', () => {
    expect([...sharesOf(lesson('best-fit')).keys()][0]).toBe('best-fit');
  });
});
