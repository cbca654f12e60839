import type { IdentifiedChargeRequest } from '@gridclock/grid-protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BalancerUnderTest, counter } from './balancer-under-test.ts';
import { type Fault, InMemoryGrid } from './in-memory-grid.ts';

const capacities = { a: 80, b: 120, c: 100 };

function start(sizes: Record<string, number> = capacities) {
  const grid = new InMemoryGrid(sizes);
  const nextRound = counter();
  return { grid, nextRound, balancer: new BalancerUnderTest(grid, nextRound) };
}

const request = (charge_amount: number, id = 'r1'): IdentifiedChargeRequest => ({
  vehicle_id: `EV_${id}`,
  charge_amount,
  priority: 'normal',
  request_id: id,
});

/** Load that the balancer does not know of. */
function fill(grid: InMemoryGrid, id: string, kilowatts: number) {
  grid
    .substation(id)
    .admit(
      { vehicle_id: 'other', charge_amount: kilowatts, priority: 'normal' },
      { sessionId: `${id}~other`, now: 0, durationMs: 10_000 },
    );
}

describe('dispatching a request', () => {
  it('ends at the first substation that accepts', async () => {
    const { balancer, grid } = start();
    expect(await balancer.place(request(22))).toMatchObject({ kind: 'accepted', hops: 1, loadBefore: 0 });
    expect(grid.sent).toHaveLength(1);
  });

  it('goes on to the next substation after a refusal for want of capacity', async () => {
    const { balancer, grid } = start({ a: 80, b: 120 });
    await balancer.place(request(10, 'first'));
    const [first] = grid.sent;
    const [full, other] = first === 'a' ? ['b', 'a'] : ['a', 'b'];
    fill(grid, full, capacities[full as 'a' | 'b']);
    const placement = await balancer.place(request(22));
    expect(placement).toMatchObject({ kind: 'accepted', member: { id: other }, hops: 2 });
  });

  it('is refused with the largest room that was found, when nobody is left', async () => {
    const { balancer, grid } = start();
    fill(grid, 'a', 75);
    fill(grid, 'b', 101);
    fill(grid, 'c', 90);
    expect(await balancer.place(request(22))).toEqual({
      kind: 'full',
      roomiest: { load: 101, capacity: 120, available: 19 },
      largest: 120,
      hops: 3,
    });
    expect(balancer.view.describe('b', 0)).toMatchObject({ load: 101, health: 'up' });
  });

  it('is refused without asking when it fits no substation even empty', async () => {
    const { balancer, grid } = start();
    expect(await balancer.place(request(150))).toEqual({
      kind: 'full',
      roomiest: { load: 0, capacity: 120, available: 120 },
      largest: 120,
      hops: 0,
    });
    expect(grid.sent).toEqual([]);
  });

  it('takes a refused connection as a no, and goes on', async () => {
    const { balancer, grid } = start({ a: 80, b: 120 });
    grid.fail('a', 'gone');
    grid.fail('b', 'unreachable');
    expect(await balancer.place(request(22))).toMatchObject({ kind: 'unavailable', hops: 2 });
    expect(await balancer.place(request(22))).toMatchObject({ kind: 'accepted' });
  });

  it('asks the same substation again when an answer is lost, and charges once', async () => {
    const { balancer, grid } = start({ a: 80, b: 120 });
    grid.fail('a', 'answer-lost');
    grid.fail('b', 'answer-lost');
    const placement = await balancer.place(request(22));
    expect(placement).toMatchObject({ kind: 'accepted', hops: 1 });
    expect(new Set(grid.sent).size).toBe(1);
    expect(grid.placesOf('EV_r1')).toHaveLength(1);
    expect(balancer.retries).toBe(1);
  });

  it('does not know the outcome when a substation stays silent, and asks no other', async () => {
    const { balancer, grid } = start({ a: 80 });
    grid.fail('a', 'answer-lost', 'message-lost', 'message-lost');
    expect(await balancer.place(request(22))).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    expect(await balancer.place(request(22), 'repeated')).toMatchObject({ kind: 'accepted', hops: 1 });
    expect(grid.placesOf('EV_r1')).toEqual(['a']);
  });

  it('goes elsewhere once the silent substation is gone, because its sessions are too', async () => {
    const { balancer, grid } = start({ a: 80, b: 120 });
    fill(grid, 'b', 120);
    balancer.view.polled('b', { load: 120, capacity: 120 }, 1, 1);
    grid.fail('a', 'answer-lost', 'message-lost', 'message-lost');
    await balancer.place(request(22));
    grid.substation('b').end('b~other', 0);
    grid.fail('a', 'gone');
    expect(await balancer.place(request(22), 'repeated')).toMatchObject({
      kind: 'accepted',
      member: { id: 'b' },
    });
    expect(grid.placesOf('EV_r1')).toEqual(['b']);
  });

  it('does not take "no connection" for an answer after one was lost', async () => {
    const { balancer, grid } = start({ a: 80, b: 120 });
    for (const id of ['a', 'b']) grid.fail(id, 'answer-lost', 'unreachable', 'unreachable');
    expect(await balancer.place(request(22))).toMatchObject({ kind: 'unknown' });
    expect(grid.placesOf('EV_r1')).toHaveLength(1);
  });

  it('leaves no doubt with a substation that drains: it is passed over from then on', async () => {
    const { balancer, grid } = start({ a: 80, b: 120 });
    grid.substation('a').drain();
    for (const id of ['r1', 'r2', 'r3'])
      expect(await balancer.place(request(22, id))).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
    expect(grid.sent.filter((id) => id === 'a').length).toBeLessThanOrEqual(1);
  });
});

describe('a request_id that comes again', () => {
  it('gets the session that it has', async () => {
    const { balancer, grid } = start();
    const first = await balancer.place(request(22));
    expect(await balancer.place(request(22), 'repeated')).toEqual(first);
    expect(grid.sent).toHaveLength(1);
  });

  it('shares the search that is under way', async () => {
    const { balancer, grid } = start();
    const [first, second] = await Promise.all([balancer.place(request(22)), balancer.place(request(22))]);
    expect(second).toEqual(first);
    expect(grid.sent).toHaveLength(1);
  });

  it('is a conflict when it names another request', async () => {
    const { balancer } = start();
    await balancer.place(request(22));
    expect(await balancer.place(request(23))).toMatchObject({ kind: 'rejected', status: 409 });
  });

  it('is tried anew after a refusal', async () => {
    const { balancer, grid } = start({ a: 80 });
    fill(grid, 'a', 80);
    expect(await balancer.place(request(22))).toMatchObject({ kind: 'full' });
    grid.substation('a').end('a~other', 0);
    expect(await balancer.place(request(22), 'repeated')).toMatchObject({ kind: 'accepted' });
  });

  it('is found by a balancer that was restarted', async () => {
    const { balancer, grid, nextRound } = start();
    const first = await balancer.place(request(22));
    const restarted = new BalancerUnderTest(grid, nextRound);
    const again = await restarted.place(request(22), 'repeated');
    expect(first.kind === 'accepted' && again.kind === 'accepted' && again.answer).toEqual(
      first.kind === 'accepted' && first.answer,
    );
    expect(grid.placesOf('EV_r1')).toHaveLength(1);
  });

  it('waits after a restart for a substation that does not answer, unless the id is new', async () => {
    const { grid, nextRound } = start();
    const restarted = new BalancerUnderTest(grid, nextRound);
    grid.fail('b', 'message-lost');
    expect(await restarted.place(request(22), 'repeated')).toMatchObject({
      kind: 'unknown',
      member: undefined,
    });
    grid.fail('b');
    expect(await restarted.place(request(22, 'r2'), 'new')).toMatchObject({ kind: 'accepted' });
  });

  it('is not looked for at a substation that is set aside, when the client uses it for the first time', async () => {
    const { balancer, grid } = start();
    balancer.view.failed('b', 1);
    balancer.view.failed('b', 1);
    grid.fail('b', 'message-lost');
    expect(await balancer.place(request(22), 'unseen')).toMatchObject({ kind: 'accepted' });
  });

  it('is charged once when a message that was held up arrives after it has found another place', async () => {
    const { balancer, grid } = start({ a: 80, b: 120 });
    fill(grid, 'b', 1);
    balancer.view.polled('b', { load: 1, capacity: 120 }, 1, 1);
    fill(grid, 'a', 79);
    grid.fail('a', 'held');
    expect(await balancer.place(request(22))).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
    grid.substation('a').end('a~other', 0);
    grid.deliverHeld();
    expect(grid.placesOf('EV_r1')).toEqual(['b']);
  });

  it('is charged once when such a message arrives after a restarted balancer has looked for it', async () => {
    const { balancer, grid, nextRound } = start({ a: 80, b: 120 });
    fill(grid, 'b', 1);
    balancer.view.polled('b', { load: 1, capacity: 120 }, 1, 1);
    grid.fail('a', 'held', 'held', 'held');
    expect(await balancer.place(request(22))).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    fill(grid, 'a', 10);
    const restarted = new BalancerUnderTest(grid, nextRound);
    expect(await restarted.place(request(22), 'repeated')).toMatchObject({
      kind: 'accepted',
      member: { id: 'b' },
    });
    grid.deliverHeld();
    expect(grid.placesOf('EV_r1')).toEqual(['b']);
  });

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
