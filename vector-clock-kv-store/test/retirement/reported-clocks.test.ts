import { describe, expect, it } from 'vitest';
import { Retirements } from '../../src/causality/retirements.ts';
import { reportedHeardOf, reportedPruned, withPruned } from '../../src/retirement/reported-clocks.ts';

/** `node1` retires `node2` and `node2~1` with its write 5. */
const retired = Retirements.none.with([
  { dot: { node: 'node1', counter: 5 }, finals: { node2: 3, 'node2~1': 4 } },
]);

describe('reportedHeardOf', () => {
  it('omits retired incarnations, but no plain name: a node that lost its data asks for it', () => {
    const clock = { node1: 6, node2: 3, 'node2~1': 4 };
    expect(reportedHeardOf(retired, clock, clock)).toEqual({ node1: 6, node2: 3 });
  });

  it('shows a retired id of which a later write was heard', () => {
    const clock = { node1: 6, 'node2~1': 4 };
    expect(reportedHeardOf(retired, clock, { ...clock, 'node2~1': 9 })).toEqual({ node1: 6, 'node2~1': 9 });
  });

  it('keeps everything until the retirement is delivered', () => {
    const clock = { node1: 4, 'node2~1': 4 };
    expect(reportedHeardOf(retired, clock, clock)).toEqual(clock);
  });
});

describe('reportedPruned', () => {
  it('reports the retirement as pruned instead of the retired ids, once every member has it', () => {
    expect(reportedPruned(retired, { node1: 2, node2: 3 }, { node1: 5 })).toEqual({ node1: 5 });
    expect(reportedPruned(retired, { node1: 7, node2: 3 }, { node1: 9 })).toEqual({ node1: 7 });
  });

  it('reports the retired ids while a member may lack the retirement', () => {
    expect(reportedPruned(retired, { node1: 2, node2: 3 }, { node1: 4 })).toEqual({ node1: 2, node2: 3 });
  });

  it('reports no retirement whose ids are not pruned', () => {
    expect(reportedPruned(retired, { node1: 2 }, { node1: 5 })).toEqual({ node1: 2 });
  });

  it('follows a chain of retirements', () => {
    const both = retired.with([{ dot: { node: 'node3', counter: 1 }, finals: { node1: 8 } }]);
    expect(reportedPruned(both, { node2: 3 }, { node1: 8, node3: 1 })).toEqual({ node3: 1 });
  });
});

describe('withPruned', () => {
  it('adds what a peer has pruned to what it has', () => {
    expect(withPruned({ clock: { node1: 6 }, pruned: { node1: 2, node2: 3 } }).clock).toEqual({
      node1: 6,
      node2: 3,
    });
  });
});
