import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { request, STARTED_AT_S, startBalancer } from '../../support/balancer.ts';
import { BalancerDisk } from '../../support/balancer-disk.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';
import type { MessageFault } from '../../support/message-fault.ts';

const substation = fc.constantFrom('a', 'b', 'c');
const fault = fc.constantFrom<MessageFault>('held', 'response-lost', 'message-lost', 'unreachable', 'down');
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      place: fc.nat(3),
      amount: fc.constantFrom(30, 60, 90),
      // A charge service that was restarted has not seen the id.
      history: fc.constantFrom('unseen' as const, 'repeated' as const),
      // The balancer is killed this many milliseconds after it got the request.
      killedAfter: fc.option(fc.integer({ min: 0, max: 400 }), { freq: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ fail: substation, faults: fc.array(fault, { minLength: 1, maxLength: 4 }) }),
  },
  // Its name no longer resolves, or nobody has looked it up yet.
  { weight: 1, arbitrary: fc.record({ restartWithout: fc.subarray(['a', 'b', 'c'], { maxLength: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ eject: substation }) },
  { weight: 1, arbitrary: fc.constant('rejoin' as const) },
  { weight: 2, arbitrary: fc.constant('deliver' as const) },
  { weight: 2, arbitrary: fc.record({ fill: substation, with: fc.constantFrom(20, 60) }) },
);
const ids = ['r0', 'r1', 'r2', 'r3'];

const mostSessions = (grid: InMemoryGrid) => Math.max(...ids.map((id) => grid.placesOf(`EV_${id}`).length));

describe('a request_id with its sessions and the memory of the balancer on disk', () => {
  it('never has two sessions, whatever is killed or cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const endsAt = STARTED_AT_S * 1_000 + 3_600_000;
        const grid = new InMemoryGrid({ a: 80, b: 120, c: 100 }, { durable: true, endsAt });
        const disk = new BalancerDisk();
        let balancer = await startBalancer(grid, { storage: disk.open() });
        const restart = async (absent: readonly string[] = []) => {
          balancer.kill();
          balancer = await startBalancer(grid, { clock: balancer.clock, storage: disk.open(), absent });
        };
        const used = new Map<string, number>();
        for (const drawn of steps) {
          if (drawn === 'deliver') grid.deliverHeld();
          else if (drawn === 'rejoin') {
            for (const member of grid.members) balancer.fleet.add(member);
            await balancer.clock.advanceAsync(0);
          } else if ('restartWithout' in drawn) await restart(drawn.restartWithout);
          else if ('eject' in drawn)
            for (let n = 0; n < 2; n += 1)
              balancer.fleet.chargeFailed(drawn.eject, 'test', balancer.clock.now());
          else if ('fail' in drawn) grid.fail(drawn.fail, ...drawn.faults);
          else if ('fill' in drawn) grid.fill(drawn.fill, drawn.with);
          else {
            const id = ids[drawn.place] ?? 'r0';
            const amount = used.get(id) ?? drawn.amount;
            const history = used.has(id) ? drawn.history : 'unseen';
            used.set(id, amount);
            if (drawn.killedAfter === null) await balancer.place(request(amount, id), history);
            else {
              void balancer.pipeline.place(request(amount, id), history);
              await balancer.clock.advanceAsync(drawn.killedAfter);
              await restart();
            }
          }
          expect(mostSessions(grid)).toBeLessThanOrEqual(1);
        }
        grid.deliverHeld();
        expect(mostSessions(grid)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
    // 17 s of CPU time: a machine with other work takes several times as long.
  }, 180_000);
});
