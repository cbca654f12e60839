import { describe, expect, it } from 'vitest';
import { BalancerUnderTest } from '../balancer-under-test.ts';
import { fill, request, start } from './dispatching.ts';

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

  it('tells nothing of the load of now, because its answer is that of then', async () => {
    const { balancer, grid, nextRound } = start({ a: 80 });
    await balancer.place(request(22));
    fill(grid, 'a', 40);
    const restarted = new BalancerUnderTest(grid, nextRound);
    await restarted.place(request(22), 'repeated');
    expect(restarted.view.describe('a', 0)?.polledLoad).toBe(62);
  });

  it('is placed by a restarted balancer only once it has heard of every substation, unless the id is new', async () => {
    const { grid, nextRound } = start();
    const restarted = new BalancerUnderTest(grid, nextRound);
    restarted.unheard = true;
    expect(await restarted.place(request(22), 'repeated')).toMatchObject({ kind: 'unknown', sent: false });
    expect(grid.placesOf('EV_r1')).toHaveLength(0);
    expect(await restarted.place(request(22, 'other'), 'unseen')).toMatchObject({ kind: 'accepted' });
    restarted.unheard = false;
    expect(await restarted.place(request(22), 'repeated')).toMatchObject({ kind: 'accepted' });
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

  it('is not looked for at a substation that is ejected, when the client uses it for the first time', async () => {
    const { balancer, grid } = start();
    balancer.view.failed('b', 1);
    balancer.view.failed('b', 1);
    grid.fail('b', 'message-lost');
    expect(await balancer.place(request(22), 'unseen')).toMatchObject({ kind: 'accepted' });
  });

  it('is asked for where it may be and nowhere else, even of a substation that was ejected', async () => {
    const { balancer, grid } = start({ a: 80, b: 120 });
    balancer.view.polled('b', { load: 1, capacity: 120 }, 1, 1);
    grid.fail('a', 'answer-lost', 'answer-lost', 'answer-lost');
    expect(await balancer.place(request(22))).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    expect(balancer.view.isEjected('a', 1_000)).toBe(true);
    expect(await balancer.place(request(22), 'unseen')).toMatchObject({ kind: 'accepted' });
    expect(grid.placesOf('EV_r1')).toEqual(['a']);
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
});
