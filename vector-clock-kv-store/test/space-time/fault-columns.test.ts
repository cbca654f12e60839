import { describe, expect, it } from 'vitest';
import { faultColumns } from '../../src/space-time/fault-columns.ts';
import { layOut } from '../../src/space-time/layout.ts';
import type { TracedEvent } from '../../src/trace/event.ts';

/** A fault that begins on the link from a host to a peer. */
function fault(host: string, peer: string, index: number): TracedEvent {
  return {
    host,
    clock: { [host]: index + 1 },
    at: index,
    kind: 'fault',
    phase: 'begin',
    action: 'hold',
    peer,
  };
}

const columnsOf = (...links: [string, string][]) =>
  faultColumns(layOut({ events: links.map(([host, peer], index) => fault(host, peer, index)), gaps: [] }));

describe('faultColumns', () => {
  it('gives every faulty link of a host a column of its own', () => {
    const { columnOf } = columnsOf(['a', 'b'], ['a', 'c'], ['b', 'c']);
    expect(Object.fromEntries(columnOf)).toEqual({ 'a b': 0, 'a c': 1, 'b c': 0 });
  });

  it('counts the columns beside the times: those of the first lane', () => {
    expect(columnsOf(['a', 'b'], ['a', 'c']).besideTimes).toBe(2);
    expect(columnsOf(['a', 'b'], ['b', 'a'], ['b', 'c']).besideTimes).toBe(1);
    expect(columnsOf().besideTimes).toBe(0);
  });
});
