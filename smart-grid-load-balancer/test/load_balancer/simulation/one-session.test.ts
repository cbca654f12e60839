import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { request, startBalancer } from '../../support/balancer.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';
import type { MessageFault } from '../../support/message-fault.ts';

const substation = fc.constantFrom('a', 'b', 'c');
const fault = fc.constantFrom<MessageFault>(
  'held',
  'held',
  'response-lost',
  'message-lost',
  'unreachable',
  'down',
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ place: fc.nat(3), amount: fc.constantFrom(30, 60, 90) }) },
  {
    weight: 4,
    arbitrary: fc.record({ fail: substation, faults: fc.array(fault, { minLength: 1, maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
  { weight: 2, arbitrary: fc.constant('deliver' as const) },
  { weight: 2, arbitrary: fc.record({ fill: substation, with: fc.constantFrom(20, 60) }) },
  { weight: 2, arbitrary: fc.record({ empty: substation }) },
);
const ids = ['r0', 'r1', 'r2', 'r3'];

const mostSessions = (grid: InMemoryGrid) => Math.max(...ids.map((id) => grid.placesOf(`EV_${id}`).length));

describe('a request_id', () => {
  it('never has two sessions, whatever is lost, delayed or restarted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const grid = new InMemoryGrid({ a: 80, b: 120, c: 100 });
        let balancer = await startBalancer(grid);
        const used = new Map<string, number>();
        for (const drawn of steps) {
          if (drawn === 'restart') balancer = await startBalancer(grid, { clock: balancer.clock });
          else if (drawn === 'deliver') grid.deliverHeld();
          else if ('fail' in drawn) grid.fail(drawn.fail, ...drawn.faults);
          else if ('fill' in drawn) grid.fill(drawn.fill, drawn.with);
          else if ('empty' in drawn) grid.empty(drawn.empty);
          else {
            const id = ids[drawn.place] ?? 'r0';
            const amount = used.get(id) ?? drawn.amount;
            await balancer.place(request(amount, id), used.has(id) ? 'repeated' : 'new');
            used.set(id, amount);
          }
          expect(mostSessions(grid)).toBeLessThanOrEqual(1);
        }
        grid.deliverHeld();
        expect(mostSessions(grid)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });
});
