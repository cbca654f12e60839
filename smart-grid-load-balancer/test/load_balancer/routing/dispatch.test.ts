import { describe, expect, it } from 'vitest';
import { capacities, fill, request, start } from './dispatching.ts';

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

  it('does not know the outcome when a substation stays silent, counts it there, and asks no other', async () => {
    const { balancer, grid } = start({ a: 80, b: 120 });
    balancer.view.polled('b', { load: 1, capacity: 120 }, 1, 1);
    grid.fail('a', 'answer-lost', 'message-lost', 'message-lost');
    expect(await balancer.place(request(22))).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    expect(grid.sent).toEqual(['a', 'a', 'a']);
    expect(balancer.view.describe('a', 0)?.load).toBe(22);
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
