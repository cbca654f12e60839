import { describe, expect, it } from 'vitest';
import { request, startBalancer } from '../../support/balancer.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';

/** A grid where some substations refuse charges at their door. */
function gridWithOverloaded(capacities: Record<string, number>, overloaded: readonly string[]) {
  const grid = new InMemoryGrid(capacities);
  const { charge } = grid;
  grid.charge = async (member, ...message) => {
    if (!overloaded.includes(member.id)) return charge(member, ...message);
    grid.sent.push(member.id);
    return { kind: 'overloaded' };
  };
  return grid;
}

describe('an overloaded substation', () => {
  it('is asked once, and the next one charges', async () => {
    const grid = gridWithOverloaded({ a: 120, b: 80 }, ['a']);
    grid.fill('b', 1);
    const { place } = await startBalancer(grid);
    expect(await place(request(22))).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
    expect(grid.sent.sort()).toEqual(['a', 'b']);
  });

  it('does not count as full: its capacity is unknown', async () => {
    const grid = gridWithOverloaded({ a: 120, b: 80 }, ['a']);
    grid.fill('b', 80);
    const { place } = await startBalancer(grid);
    expect(await place(request(22))).toMatchObject({ kind: 'capacity-unknown', unknown: ['a'] });
  });

  it('is not ejected, however often it refuses', async () => {
    const grid = gridWithOverloaded({ a: 120 }, ['a']);
    const { clock, place, view } = await startBalancer(grid);
    for (let refusals = 0; refusals < 20; refusals++)
      expect(await place(request(22))).toMatchObject({ kind: 'unavailable' });
    expect(view.describe('a', clock.now())).toMatchObject({ health: 'up', load: 0 });
  });

  it('is looked up once, and not ejected, where it refuses lookups', async () => {
    const grid = new InMemoryGrid({ a: 120, b: 80 });
    let lookups = 0;
    const { lookup } = grid;
    grid.lookup = async (member, ...message) => {
      if (member.id !== 'a') return lookup(member, ...message);
      lookups += 1;
      return { kind: 'overloaded' };
    };
    const { clock, place, view } = await startBalancer(grid);
    for (const id of ['r1', 'r2', 'r3'])
      expect(await place(request(22, id), 'repeated')).toMatchObject({ kind: 'unknown', sent: false });
    expect(lookups).toBe(3);
    // Most likely new, and no other substation knows of an earlier balancer.
    expect(await place(request(22, 'r4'), 'unseen')).toMatchObject({ kind: 'accepted' });
    expect(view.isEjected('a', clock.now())).toBe(false);
  });

  it('makes no outcome certain where an earlier message may have arrived', async () => {
    const grid = gridWithOverloaded({ a: 120 }, ['a']);
    const { charge } = grid;
    grid.charge = async () => {
      grid.charge = charge;
      return { kind: 'ambiguous', reason: 'ECONNRESET' };
    };
    const { clock, pipeline } = await startBalancer(grid);
    const placement = pipeline.place(request(22), 'new');
    await clock.advanceAsync(5_000);
    expect(await placement).toMatchObject({ kind: 'unknown', sent: true });
  });

  it('causes a bounded number of messages to the others', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `s${index}`);
    const grid = gridWithOverloaded(Object.fromEntries(ids.map((id) => [id, 100])), ids);
    const { place } = await startBalancer(grid, { maxHops: 100 });
    const requests = 20;
    for (let sent = 0; sent < requests; sent++) await place(request(22));
    // Each asks one; the retry budget allows a tenth more, and a few at first.
    expect(grid.sent.length).toBeLessThan(3 * requests);
  });
});
