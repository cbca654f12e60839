import { describe, expect, it } from 'vitest';
import { request, startBalancer } from '../../support/balancer.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';
import type { MessageFault } from '../../support/message-fault.ts';

/** In kW. */
const capacities = { a: 80, b: 120, c: 100 };

const start = (sizes: Record<string, number> = capacities) => startBalancer(new InMemoryGrid(sizes));

describe('Dispatcher', () => {
  it('asks only one substation when that one accepts', async () => {
    const { grid, place } = await start();
    expect(await place(request(22))).toMatchObject({ kind: 'accepted', hops: 1, loadBefore: 0 });
    expect(grid.sent).toHaveLength(1);
  });

  it('asks the next substation after a capacity refusal', async () => {
    const { grid, place } = await start({ a: 80, b: 120 });
    await place(request(10, 'first'));
    const [first] = grid.sent;
    const [full, other] = first === 'a' ? (['b', 'a'] as const) : (['a', 'b'] as const);
    grid.fill(full, capacities[full]);
    const placement = await place(request(22));
    expect(placement).toMatchObject({ kind: 'accepted', member: { id: other }, hops: 2 });
  });

  it('refuses with the largest free capacity when no substation is left', async () => {
    const { grid, place, view } = await start();
    grid.fill('a', 75);
    grid.fill('b', 101);
    grid.fill('c', 90);
    expect(await place(request(22))).toEqual({
      kind: 'full',
      roomiest: { load: 101, capacity: 120, available: 19 },
      largestCapacity: 120,
      hops: 3,
    });
    expect(view.describe('b', 0)).toMatchObject({ load: 101, health: 'up' });
  });

  it('refuses without asking when the request exceeds every capacity', async () => {
    const { grid, place } = await start();
    expect(await place(request(150))).toEqual({ kind: 'too-large', largestCapacity: 120, hops: 0 });
    expect(grid.sent).toEqual([]);
  });

  it('reports unknown capacity while a large enough substation is ejected', async () => {
    const { place, view } = await start({ a: 80, b: 120 });
    for (const _ of [1, 2]) view.failed('b', 0);
    expect(await place(request(100))).toMatchObject({ kind: 'capacity-unknown', unknown: ['b'] });
    // The last known capacity of an ejected substation is not in doubt.
    expect(await place(request(121, 'r2'))).toMatchObject({ kind: 'too-large' });
  });

  it('reports unknown capacity when a substation with room cannot be reached', async () => {
    const { grid, place } = await start({ a: 80, b: 120 });
    grid.fail('b', 'unreachable');
    expect(await place(request(100))).toMatchObject({ kind: 'capacity-unknown', unknown: ['b'] });
  });

  it('reports unknown capacity while a replica has not responded yet', async () => {
    const { place } = await startBalancer(new InMemoryGrid({ a: 80 }), {
      hasUncontactedReplicas: () => true,
    });
    expect(await place(request(100))).toMatchObject({ kind: 'capacity-unknown' });
  });

  it('reports unknown capacity while a large enough substation that left may return', async () => {
    const { grid, place } = await startBalancer(new InMemoryGrid({ a: 80 }), {
      departedFor: (amount) => (amount <= 120 ? ['b'] : []),
    });
    expect(await place(request(100))).toMatchObject({ kind: 'capacity-unknown', unknown: ['b'] });
    expect(await place(request(121, 'r2'))).toMatchObject({ kind: 'too-large' });
    // What is left of the grid could take it, so it is full.
    grid.fill('a', 70);
    expect(await place(request(20, 'r3'))).toMatchObject({ kind: 'full' });
  });

  it('reports a full grid while an ejected substation is too small', async () => {
    const { grid, place, view } = await start({ a: 80, b: 120 });
    for (const _ of [1, 2]) view.failed('a', 0);
    grid.fill('b', 100);
    expect(await place(request(90))).toMatchObject({ kind: 'full' });
  });

  it('asks a bounded number of full substations and takes the word of the view for the rest', async () => {
    const grid = new InMemoryGrid(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`s${i}`, 100])));
    for (const { id } of grid.members) grid.fill(id, 95);
    const { place } = await startBalancer(grid, { maxHops: 10 });
    expect(await place(request(22))).toMatchObject({ kind: 'full', roomiest: { available: 5 }, hops: 10 });
    expect(grid.sent).toHaveLength(10);
  });

  it('reports unknown capacity when it may ask no further substation with room', async () => {
    const { grid, place } = await startBalancer(new InMemoryGrid(capacities), { maxHops: 2 }).then(
      (balancer) => {
        for (const id of ['a', 'b', 'c']) balancer.grid.fill(id, 80);
        return balancer;
      },
    );
    expect(await place(request(50))).toMatchObject({ kind: 'capacity-unknown', hops: 2 });
    expect(grid.sent).toHaveLength(2);
  });

  it('asks the next substation when no connection is made', async () => {
    const { grid, place } = await start({ a: 80, b: 120 });
    grid.fail('a', 'down');
    grid.fail('b', 'unreachable');
    expect(await place(request(22))).toMatchObject({ kind: 'unavailable', hops: 2 });
    expect(await place(request(22))).toMatchObject({ kind: 'accepted' });
  });

  it('retries at the same substation after a lost response and charges once', async () => {
    const { grid, place, registry } = await start({ a: 80, b: 120 });
    grid.fail('a', 'response-lost');
    grid.fail('b', 'response-lost');
    const placement = await place(request(22));
    expect(placement).toMatchObject({ kind: 'accepted', hops: 1 });
    expect(new Set(grid.sent).size).toBe(1);
    expect(grid.placesOf('EV_r1')).toHaveLength(1);
    expect(await registry.metrics()).toContain('load_balancer_retries_total 1\n');
  });

  it('replaces dead connections beyond the retry budget and ejects no healthy substation', async () => {
    const { clock, grid, pipeline, view } = await start({ a: 1_000 });
    grid.fail('a', ...Array<MessageFault>(100).fill('connection-dead'));
    const placements = Array.from({ length: 100 }, (_, id) => pipeline.place(request(1, `r${id}`), 'new'));
    await clock.advanceAsync(1_000);
    const kinds = (await Promise.all(placements)).map(({ kind }) => kind);
    expect(kinds).toEqual(Array(100).fill('accepted'));
    expect(grid.sent).toHaveLength(200);
    expect(view.isEjected('a', clock.now())).toBe(false);
  });

  it('ejects a substation that hangs on old and new connections', async () => {
    const { clock, grid, place, view } = await start({ a: 80 });
    grid.fail('a', 'connection-dead', 'message-lost', 'message-lost');
    expect(await place(request(22))).toMatchObject({ kind: 'unknown' });
    expect(view.isEjected('a', clock.now())).toBe(true);
  });

  it('reports a full grid when an ejected substation refused this request', async () => {
    const { clock, grid, place, view } = await start({ a: 80, b: 120 });
    view.polled('b', { load: 1, capacity: 120 }, 1, 1);
    grid.fail('a', 'message-lost', 'message-lost', 'message-lost');
    expect(await place(request(22))).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    grid.fill('a', 80);
    grid.fill('b', 120);
    expect(view.isEjected('a', clock.now())).toBe(true);
    expect(await place(request(22), 'repeated')).toMatchObject({ kind: 'full', hops: 2 });
  });

  it('pauses before a retry', async () => {
    const { clock, grid, pipeline } = await start({ a: 80 });
    grid.fail('a', 'response-lost');
    const placement = pipeline.place(request(22), 'new');
    // Half of the 200 ms backoff: the random number is 0.5.
    await clock.advanceAsync(99);
    expect(grid.sent).toHaveLength(1);
    await clock.advanceAsync(1);
    expect(await placement).toMatchObject({ kind: 'accepted' });
  });

  it('asks no other substation while one that may have accepted is silent', async () => {
    const { grid, place, view } = await start({ a: 80, b: 120 });
    view.polled('b', { load: 1, capacity: 120 }, 1, 1);
    grid.fail('a', 'response-lost', 'message-lost', 'message-lost');
    expect(await place(request(22))).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    expect(grid.sent).toEqual(['a', 'a', 'a']);
    expect(view.describe('a', 0)?.load).toBe(22);
    expect(await place(request(22), 'repeated')).toMatchObject({ kind: 'accepted', hops: 1 });
    expect(grid.placesOf('EV_r1')).toEqual(['a']);
  });

  it('places a request elsewhere once the silent substation is down', async () => {
    const { grid, place, view } = await start({ a: 80, b: 120 });
    grid.fill('b', 120);
    view.polled('b', { load: 120, capacity: 120 }, 1, 1);
    grid.fail('a', 'response-lost', 'message-lost', 'message-lost');
    await place(request(22));
    grid.empty('b');
    grid.fail('a', 'down');
    expect(await place(request(22), 'repeated')).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
    expect(grid.placesOf('EV_r1')).toEqual(['b']);
  });

  it('does not take a failed connection for a no after a lost response', async () => {
    const { grid, place } = await start({ a: 80, b: 120 });
    for (const id of ['a', 'b']) grid.fail(id, 'response-lost', 'unreachable', 'unreachable');
    expect(await place(request(22))).toMatchObject({ kind: 'unknown' });
    expect(grid.placesOf('EV_r1')).toHaveLength(1);
  });

  it('skips a draining substation after its first refusal', async () => {
    const { grid, place } = await start({ a: 80, b: 120 });
    grid.substation('a').drain();
    for (const id of ['r1', 'r2', 'r3'])
      expect(await place(request(22, id))).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
    expect(grid.sent.filter((id) => id === 'a').length).toBeLessThanOrEqual(1);
  });
});
