import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BalancerUnderTest } from '../balancer-under-test.ts';
import type { Fault } from '../in-memory-grid.ts';
import { fill, request, start } from './dispatching.ts';

describe('a request_id that comes again', () => {
  it('never has two sessions, whatever is lost, held up or restarted', async () => {
    const fault = fc.constantFrom<Fault>(
      'held',
      'held',
      'answer-lost',
      'message-lost',
      'unreachable',
      'gone',
    );
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ place: fc.nat(3), amount: fc.constantFrom(30, 60, 90) }) },
      {
        weight: 4,
        arbitrary: fc.record({
          fail: fc.constantFrom('a', 'b', 'c'),
          faults: fc.array(fault, { minLength: 1, maxLength: 4 }),
        }),
      },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
      { weight: 2, arbitrary: fc.constant('deliver' as const) },
      {
        weight: 2,
        arbitrary: fc.record({ fill: fc.constantFrom('a', 'b', 'c'), with: fc.constantFrom(20, 60) }),
      },
      { weight: 2, arbitrary: fc.record({ end: fc.constantFrom('a', 'b', 'c') }) },
    );
    const ids = ['r0', 'r1', 'r2', 'r3'];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { grid, nextRound, balancer: first } = start({ a: 80, b: 120, c: 100 });
        let balancer = first;
        const used = new Map<string, number>();
        for (const drawn of steps) {
          if (drawn === 'restart') balancer = new BalancerUnderTest(grid, nextRound);
          else if (drawn === 'deliver') grid.deliverHeld();
          else if ('fail' in drawn) grid.fail(drawn.fail, ...drawn.faults);
          else if ('fill' in drawn) fill(grid, drawn.fill, drawn.with);
          else if ('end' in drawn) grid.substation(drawn.end).end(`${drawn.end}~other`, 0);
          else {
            const id = ids[drawn.place] ?? 'r0';
            const amount = used.get(id) ?? drawn.amount;
            await balancer.place(request(amount, id), used.has(id) ? 'repeated' : 'new');
            used.set(id, amount);
          }
          for (const id of ids) expect(grid.placesOf(`EV_${id}`).length).toBeLessThanOrEqual(1);
        }
        grid.deliverHeld();
        for (const id of ids) expect(grid.placesOf(`EV_${id}`).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });
});
