import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { request, startBalancer } from '../../support/balancer.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';
import type { MessageFault } from '../../support/message-fault.ts';

const fault = fc.constantFrom<MessageFault>(
  'response-lost',
  'message-lost',
  'connection-dead',
  'unreachable',
  'down',
);
const faults = fc.array(fault, { maxLength: 6 });

describe('one request', () => {
  it('sends at most three messages that get no definite answer, over all substations', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ a: faults, b: faults, c: faults }),
        fc.boolean(),
        fc.constantFrom('new' as const, 'unseen' as const, 'repeated' as const),
        async (faultsOf, durable, history) => {
          const grid = new InMemoryGrid({ a: 80, b: 120, c: 100 }, { durable, endsAt: 1 });
          const { place } = await startBalancer(grid);
          for (const [id, list] of Object.entries(faultsOf)) grid.fail(id, ...list);
          await place(request(22), history);
          // A substation without a connection has got no message; each is asked once unless it may have accepted.
          expect(grid.sent.length).toBeLessThanOrEqual(3 + 2);
          expect(Math.max(0, ...grid.members.map(({ id }) => count(grid.sent, id)))).toBeLessThanOrEqual(3);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function count(ids: readonly string[], wanted: string): number {
  return ids.filter((id) => id === wanted).length;
}
