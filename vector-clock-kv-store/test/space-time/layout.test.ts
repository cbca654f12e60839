import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../src/space-time/layout.ts';
import { relationTo } from '../../src/space-time/relations.ts';
import type { TracedEvent } from '../../src/trace/event.ts';
import { TracedCluster } from '../support/traced-cluster.ts';

const names = ['a', 'b', 'c'];

/** Runs a cluster in which the steps decide who writes, sends and receives. Returns all events. */
async function run(steps: readonly (readonly [number, number, number])[]): Promise<TracedEvent[]> {
  const cluster = new TracedCluster(names);
  for (const [kind, host, other] of steps) {
    const [from = 'a', to = 'b'] = [names[host % 3], names[(host + 1 + (other % 2)) % 3]];
    if (kind % 3 === 0) cluster.write(from, `k${other}`, 'v');
    else if (kind % 3 === 1) await cluster.send(from, to, other);
    else cluster.arrive(other);
  }
  return names.flatMap((name) => cluster.trace(name).since(0, 1_000).events);
}

const steps = fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(10)), { maxLength: 60 });

describe('layOut', () => {
  it('places every effect below its causes, and marks of a lane apart', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const { marks, height } = layOut({ events: await run(list), gaps: [] });
        for (const [index, mark] of marks.entries()) {
          expect(mark.y).toBeLessThan(height);
          for (const other of marks.slice(index + 1)) {
            if (mark.lane === other.lane) expect(Math.abs(mark.y - other.y)).toBeGreaterThanOrEqual(12);
            const relation = relationTo(mark.event, other.event);
            if (relation === 'effect') expect(other.y).toBeGreaterThanOrEqual(mark.y);
            if (relation === 'cause') expect(other.y).toBeLessThanOrEqual(mark.y);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('cuts no mark, label or pause, and loses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 30 }), async (list, speed) => {
        const events = (await run(list)).map((event) => ({ ...event, at: event.at * speed }));
        const { marks, pauses, slices, height } = layOut({ events, gaps: [] }, { isSliced: true });
        let end = 0;
        for (const slice of slices) {
          expect(slice.top).toBe(end);
          end = slice.top + slice.height;
          const [first, ...others] = marks.filter(({ y }) => y >= slice.top && y < end);
          if (slice.top > 0) expect(first?.y).toBeGreaterThanOrEqual(slice.top + 10);
          for (const { y } of [first, ...others].filter((mark) => mark !== undefined))
            expect(end - y).toBeGreaterThanOrEqual(7);
          for (const pause of pauses) {
            const isInside = pause.y >= slice.top && pause.y + pause.height <= end;
            expect(isInside || pause.y >= end || pause.y + pause.height <= slice.top).toBe(true);
          }
        }
        expect(end).toBe(height);
        // A sheet has room for several of them.
        for (const slice of slices) expect(slice.height).toBeLessThan(600);
      }),
      { numRuns: 30 },
    );
  });

  it('names every jump of the time axis', () => {
    const write = { node: 'a', counter: 1, key: 'k', value: '1' };
    const at = (time: number, number: number): TracedEvent => ({
      ...{ kind: 'write', write, host: 'a', at: time, clock: { a: number } },
    });
    const { pauses } = layOut({ events: [at(0, 1), at(39, 2), at(79, 3), at(40_079, 4)], gaps: [] });
    expect(pauses.map(({ ms }) => ms)).toEqual([40, 40_000]);
    expect(pauses[1]?.height).toBeGreaterThan(pauses[0]?.height ?? 0);
  });

  it('begins each step lower, names it once, and takes labels from outside', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const events = (await run(list)).map((event, index) => ({
          ...event,
          at: 10 * Math.floor(index / 3),
        }));
        const { marks, ticks } = layOut(
          { events, gaps: [] },
          { hasSteps: true, relabel: ({ kind }) => ({ verb: '', object: kind }) },
        );
        for (const { event, label } of marks) expect(label?.object).toBe(event.kind);
        for (const [index, { y }] of ticks.slice(1).entries())
          expect(y - (ticks[index]?.y ?? 0)).toBeGreaterThanOrEqual(16);
      }),
      { numRuns: 20 },
    );
  });

  it('draws lanes of nodes that did nothing', () => {
    expect(layOut({ events: [], gaps: [] }, { lanes: ['node10', 'node2'] }).lanes).toEqual([
      'node2',
      'node10',
    ]);
  });
});

describe('relationTo', () => {
  it('is the causal order: causes and effects are each other’s reverse', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const events = await run(list);
        const reverse = { selected: 'selected', cause: 'effect', effect: 'cause', concurrent: 'concurrent' };
        for (const one of events)
          for (const other of events) expect(relationTo(other, one)).toBe(reverse[relationTo(one, other)]);
      }),
      { numRuns: 20 },
    );
  });
});
