import { describe, expect, it } from 'vitest';
import { type BalancerOptions, request, startBalancer } from '../../support/balancer.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';
import type { MessageFault } from '../../support/message-fault.ts';

/** Starts a balancer, and later another one on the same grid that remembers nothing. */
async function start(capacities: Record<string, number> = { a: 80, b: 120, c: 100 }) {
  const balancer = await startBalancer(new InMemoryGrid(capacities));
  const { clock, grid } = balancer;
  const restart = (options: BalancerOptions = {}) => startBalancer(grid, { clock, ...options });
  return { ...balancer, restart };
}

describe('a repeated request_id', () => {
  it('gets the session that it has', async () => {
    const { grid, place } = await start();
    const first = await place(request(22));
    expect(await place(request(22), 'repeated')).toEqual(first);
    expect(grid.sent).toHaveLength(1);
  });

  it('shares the placement in progress', async () => {
    const { grid, place } = await start();
    const [first, second] = await Promise.all([place(request(22)), place(request(22))]);
    expect(second).toEqual(first);
    expect(grid.sent).toHaveLength(1);
  });

  it('is a conflict when it names a different request', async () => {
    const { place } = await start();
    await place(request(22));
    expect(await place(request(23))).toMatchObject({ kind: 'invalid', status: 409 });
  });

  it('is placed again after a refusal', async () => {
    const { grid, place } = await start({ a: 80 });
    grid.fill('a', 80);
    expect(await place(request(22))).toMatchObject({ kind: 'full' });
    grid.empty('a');
    expect(await place(request(22), 'repeated')).toMatchObject({ kind: 'accepted' });
  });

  it('gets the same acceptance from a restarted balancer', async () => {
    const { grid, place, restart } = await start();
    const first = await place(request(22));
    const restarted = await restart();
    const again = await restarted.place(request(22), 'repeated');
    expect(first.kind === 'accepted' && again.kind === 'accepted' && again.acceptance).toEqual(
      first.kind === 'accepted' && first.acceptance,
    );
    expect(grid.placesOf('EV_r1')).toHaveLength(1);
  });

  it('does not update the load, because its acceptance is a replay', async () => {
    const { grid, place, restart } = await start({ a: 80 });
    await place(request(22));
    grid.fill('a', 40);
    const restarted = await restart();
    await restarted.place(request(22), 'repeated');
    expect(restarted.view.describe('a', 0)?.polledLoad).toBe(62);
  });

  it('waits after a restart for uncontacted replicas unless the id is unseen', async () => {
    const { grid, restart } = await start();
    let uncontacted = true;
    const restarted = await restart({ hasUncontactedReplicas: () => uncontacted });
    expect(await restarted.place(request(22), 'repeated')).toMatchObject({ kind: 'unknown', sent: false });
    expect(grid.placesOf('EV_r1')).toHaveLength(0);
    expect(await restarted.place(request(22, 'other'), 'unseen')).toMatchObject({ kind: 'accepted' });
    uncontacted = false;
    expect(await restarted.place(request(22), 'repeated')).toMatchObject({ kind: 'accepted' });
  });

  it('waits after a restart for a silent substation unless the id is new', async () => {
    const { grid, restart } = await start();
    const restarted = await restart();
    grid.fail('b', 'message-lost', 'message-lost', 'message-lost');
    expect(await restarted.place(request(22), 'repeated')).toMatchObject({
      kind: 'unknown',
      member: undefined,
    });
    grid.fail('b');
    expect(await restarted.place(request(22, 'r2'), 'new')).toMatchObject({ kind: 'accepted' });
  });

  it('is not looked up at ejected substations when it is unseen', async () => {
    const { grid, place, view } = await start();
    view.failed('b', 1);
    view.failed('b', 1);
    grid.fail('b', 'message-lost');
    expect(await place(request(22), 'unseen')).toMatchObject({ kind: 'accepted' });
  });

  it('is no longer unseen once a substation says that another balancer has handled it', async () => {
    const { clock, grid, place, restart, view } = await start();
    view.polled('b', { load: 1, capacity: 120 }, 1, 1);
    view.polled('c', { load: 1, capacity: 100 }, 1, 1);
    await place(request(22), 'unseen');
    expect(grid.placesOf('EV_r1')).toEqual(['a']);
    const other = await restart();
    for (const _ of [1, 2]) other.fleet.chargeFailed('a', 'test', clock.now());
    grid.fail('a', 'message-lost', 'message-lost', 'message-lost');
    expect(await other.place(request(22), 'unseen')).toMatchObject({ kind: 'unknown', sent: false });
    grid.fail('a');
    expect(await other.place(request(22), 'unseen')).toMatchObject({ kind: 'accepted', member: { id: 'a' } });
    expect(grid.placesOf('EV_r1')).toEqual(['a']);
  });

  it('is still unseen after a lookup without an answer, so that one silent substation does not hold it up', async () => {
    const { clock, grid, pipeline, place, view } = await start({ a: 80, b: 120 });
    grid.fail('a', 'message-lost', 'message-lost');
    const first = pipeline.place(request(22), 'unseen', { attempts: 1 });
    await clock.advanceAsync(1_000);
    expect(await first).toMatchObject({ kind: 'unknown', sent: false });
    const second = pipeline.place(request(22), 'unseen', { attempts: 1 });
    await clock.advanceAsync(1_000);
    expect(await second).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
    expect(view.isEjected('a', clock.now())).toBe(true);
    expect(await place(request(22, 'r2'), 'unseen')).toMatchObject({ kind: 'accepted' });
  });

  it('has one session when two balancers handle it in rounds of the same number', async () => {
    const { grid, place, restart } = await start({ a: 80, b: 120 });
    const other = await restart();
    // So that the balancers prefer different substations; it takes no round with its own number.
    await place(request(1, 'r0'), 'new');
    await Promise.all([place(request(22), 'unseen'), other.place(request(22), 'unseen')]);
    expect(grid.placesOf('EV_r1').length).toBeLessThanOrEqual(1);
    expect(await other.place(request(22), 'unseen')).toMatchObject({ kind: 'accepted' });
    expect(await place(request(22), 'unseen')).toMatchObject({ kind: 'accepted' });
    expect(grid.placesOf('EV_r1')).toHaveLength(1);
  });

  it('stays repeated after a lookup without an answer, once another balancer has handled it', async () => {
    const { clock, grid, place, restart } = await start();
    await place(request(22), 'unseen');
    const [holder = ''] = grid.placesOf('EV_r1');
    const other = await restart();
    for (const _ of [1, 2]) other.fleet.chargeFailed(holder, 'test', clock.now());
    for (let time = 0; time < 5; time += 1) {
      grid.fail(holder, 'message-lost', 'message-lost', 'message-lost');
      expect(await other.place(request(22), 'unseen')).toMatchObject({ kind: 'unknown', sent: false });
    }
    expect(grid.placesOf('EV_r1')).toEqual([holder]);
  });

  it('is unseen again after a definite refusal, also while a substation is silent', async () => {
    const { clock, fleet, grid, place } = await start({ a: 80, b: 120 });
    grid.fill('a', 80);
    grid.fill('b', 120);
    expect(await place(request(22), 'unseen')).toMatchObject({ kind: 'full' });
    grid.empty('b');
    for (const _ of [1, 2]) fleet.chargeFailed('a', 'test', clock.now());
    grid.fail('a', 'message-lost', 'message-lost', 'message-lost');
    expect(await place(request(22), 'unseen')).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
  });

  it('is unseen again at another balancer after a refusal while a substation is silent', async () => {
    const { clock, fleet, grid, place, restart } = await start({ a: 80, b: 120 });
    const other = await restart();
    for (const balancer of [fleet, other.fleet])
      for (const _ of [1, 2]) balancer.chargeFailed('a', 'test', clock.now());
    grid.fail('a', ...Array<MessageFault>(9).fill('message-lost'));
    grid.fill('b', 120);
    expect(await place(request(22), 'unseen')).toMatchObject({ kind: 'capacity-unknown', unknown: ['a'] });
    grid.empty('b');
    expect(await other.place(request(22), 'unseen')).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
  });

  it('has one session when another balancer has placed what this one left unknown', async () => {
    const { clock, grid, place, restart } = await start({ a: 80, b: 120 });
    grid.breakCharges('a', 'hangs');
    expect(await place(request(7), 'unseen')).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    grid.mend('a');
    const other = await restart();
    grid.fill('a', 80);
    expect(await other.place(request(7), 'unseen')).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
    grid.empty('a');
    clock.advance(5_000);
    expect(await place(request(7), 'repeated')).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
    expect(grid.placesOf('EV_r1')).toEqual(['b']);
  });

  it('is placed elsewhere once the only substation that may have it has not, however many are silent', async () => {
    const { fleet, clock, grid, place, view } = await start({ a: 80, b: 120, c: 100 });
    for (const id of ['b', 'c']) view.polled(id, { load: 1, capacity: 100 }, 1, 1);
    grid.breakCharges('a', 'hangs');
    expect(await place(request(22), 'unseen')).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    for (const _ of [1, 2]) fleet.chargeFailed('b', 'test', clock.now());
    grid.fail('b', 'message-lost', 'message-lost', 'message-lost');
    expect(await place(request(22), 'repeated')).toMatchObject({ kind: 'accepted', member: { id: 'c' } });
  });

  it('is looked up only at the substation that has it', async () => {
    const { grid, place } = await start();
    grid.fail('a', 'response-lost', 'response-lost', 'response-lost');
    expect(await place(request(22))).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    expect(await place(request(22), 'repeated')).toMatchObject({ kind: 'accepted', member: { id: 'a' } });
    expect(grid.lookedUp).toEqual(['a']);
  });

  it('is asked for only where it may be, even at an ejected substation', async () => {
    const { grid, place, view } = await start({ a: 80, b: 120 });
    view.polled('b', { load: 1, capacity: 120 }, 1, 1);
    grid.fail('a', 'response-lost', 'response-lost', 'response-lost');
    expect(await place(request(22))).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    expect(view.isEjected('a', 1_000)).toBe(true);
    expect(await place(request(22), 'unseen')).toMatchObject({ kind: 'accepted' });
    expect(grid.placesOf('EV_r1')).toEqual(['a']);
  });

  it('charges once when a delayed message arrives after another substation accepted', async () => {
    const { grid, place, view } = await start({ a: 80, b: 120 });
    grid.fill('b', 1);
    view.polled('b', { load: 1, capacity: 120 }, 1, 1);
    grid.fill('a', 79);
    grid.fail('a', 'held');
    expect(await place(request(22))).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
    grid.empty('a');
    grid.deliverHeld();
    expect(grid.placesOf('EV_r1')).toEqual(['b']);
  });

  it("charges once when a delayed message arrives after a restarted balancer's lookup", async () => {
    const { grid, place, restart, view } = await start({ a: 80, b: 120 });
    grid.fill('b', 1);
    view.polled('b', { load: 1, capacity: 120 }, 1, 1);
    grid.fail('a', 'held', 'held', 'held');
    expect(await place(request(22))).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    grid.fill('a', 10);
    const restarted = await restart();
    expect(await restarted.place(request(22), 'repeated')).toMatchObject({
      kind: 'accepted',
      member: { id: 'b' },
    });
    grid.deliverHeld();
    expect(grid.placesOf('EV_r1')).toEqual(['b']);
  });
});
