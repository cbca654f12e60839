import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { request, startBalancer } from '../../support/balancer.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';
import type { MessageFault } from '../../support/message-fault.ts';

/** `c` answers every balancer, so that each can learn from it what the other has done. */
const unreliable = fc.constantFrom('a', 'b');
const fault = fc.constantFrom<MessageFault>(
  'held',
  'held',
  'response-lost',
  'message-lost',
  'unreachable',
  'down',
);
const balancer = fc.constantFrom(0, 1);
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      place: fc.nat(3),
      at: balancer,
      amount: fc.constantFrom(30, 60, 90),
      // A charge service that was restarted, or another one, has not seen the id.
      history: fc.constantFrom('unseen' as const, 'repeated' as const),
      /** Whether the next step waits for its outcome. */
      waits: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ fail: unreliable, faults: fc.array(fault, { minLength: 1, maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ restart: balancer }) },
  { weight: 3, arbitrary: fc.record({ eject: unreliable, at: balancer }) },
  { weight: 2, arbitrary: fc.constant('deliver' as const) },
  { weight: 2, arbitrary: fc.constant('wait' as const) },
  {
    weight: 2,
    arbitrary: fc.record({ fill: fc.constantFrom('a', 'b', 'c'), with: fc.constantFrom(20, 60) }),
  },
  { weight: 2, arbitrary: fc.record({ empty: fc.constantFrom('a', 'b', 'c') }) },
  // Charges get lost while lookups are answered, until the next `mend`.
  { weight: 2, arbitrary: fc.record({ breakChargesAt: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 2, arbitrary: fc.record({ mend: fc.constantFrom('a', 'b', 'c') }) },
);
const ids = ['r0', 'r1', 'r2', 'r3'];

const mostSessions = (grid: InMemoryGrid) => Math.max(...ids.map((id) => grid.placesOf(`EV_${id}`).length));

describe('a request_id that two balancers without disks handle', () => {
  it('never has two sessions while one substation answers both', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40, size: 'max' }),
        fc.constantFrom(-10_000, 0, 1, 10_000),
        async (steps, clockAheadMs) => {
          const grid = new InMemoryGrid({ a: 80, b: 120, c: 100 }, { durable: true, endsAt: 1 });
          const first = await startBalancer(grid);
          const { clock } = first;
          const start = (index: number) =>
            startBalancer(grid, index === 0 ? { clock } : { clock, clockAheadMs });
          const balancers = [first, await start(1)];
          const used = new Map<string, number>();
          for (const drawn of steps) {
            if (drawn === 'deliver') grid.deliverHeld();
            else if (drawn === 'wait') await clock.advanceAsync(3_000);
            else if ('restart' in drawn) {
              balancers[drawn.restart]?.kill();
              balancers[drawn.restart] = await start(drawn.restart);
            } else if ('eject' in drawn)
              for (let n = 0; n < 2; n += 1)
                balancers[drawn.at]?.fleet.chargeFailed(drawn.eject, 'test', clock.now());
            else if ('fail' in drawn) grid.fail(drawn.fail, ...drawn.faults);
            else if ('fill' in drawn) grid.fill(drawn.fill, drawn.with);
            else if ('empty' in drawn) grid.empty(drawn.empty);
            else if ('breakChargesAt' in drawn) grid.breakCharges(drawn.breakChargesAt, 'fails');
            else if ('mend' in drawn) grid.mend(drawn.mend);
            else {
              const id = ids[drawn.place] ?? 'r0';
              const amount = used.get(id) ?? drawn.amount;
              const isFirst = !used.has(id);
              used.set(id, amount);
              // Every charge service sees from an id that one of them has generated it.
              const isGenerated = id === 'r0';
              const history = isGenerated
                ? isFirst
                  ? 'new'
                  : 'repeated'
                : isFirst
                  ? 'unseen'
                  : drawn.history;
              const placing = balancers[drawn.at]?.place(request(amount, id), history);
              if (drawn.waits) await placing;
            }
            expect(mostSessions(grid)).toBeLessThanOrEqual(1);
          }
          await clock.advanceAsync(10_000);
          grid.deliverHeld();
          expect(mostSessions(grid)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});
