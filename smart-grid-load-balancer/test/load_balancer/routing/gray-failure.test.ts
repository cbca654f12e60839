import { describe, expect, it } from 'vitest';
import { request, startBalancer } from '../../support/balancer.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';
import type { GrayFailure } from '../../support/message-fault.ts';

const POLL_INTERVAL_MS = 1_000;
const DEADLINE_MS = 5_000;

/** `a` is the favourite: `b` has more load. */
async function startWithFavourite() {
  const grid = new InMemoryGrid({ a: 80, b: 120 });
  grid.fill('b', 30);
  return startBalancer(grid, { pollIntervalMs: POLL_INTERVAL_MS });
}

describe('a substation that answers polls', () => {
  it.each<GrayFailure>(['hangs', 'fails', 'cannot be connected to'])(
    'costs at most one driver when it %s on charges',
    async (failure) => {
      const { clock, grid, place } = await startWithFavourite();
      grid.breakCharges('a', failure);
      const kinds: string[] = [];
      for (const id of ['r1', 'r2', 'r3', 'r4']) {
        const startedAt = clock.now();
        kinds.push((await place(request(7, id), 'new', DEADLINE_MS)).kind);
        expect(clock.now() - startedAt).toBeLessThanOrEqual(DEADLINE_MS);
      }
      // Without a connection nothing was sent: the next substation is asked at once.
      const first = failure === 'cannot be connected to' ? 'accepted' : 'unknown';
      expect(kinds).toEqual([first, 'accepted', 'accepted', 'accepted']);
      expect(grid.placesOf('EV_r4')).toEqual(['b']);
    },
  );

  it('stays ejected whatever its polls say, and is probed by one charge at a time', async () => {
    const { clock, grid, pipeline, place, view } = await startWithFavourite();
    grid.breakCharges('a', 'hangs');
    await place(request(7, 'r1'), 'new', DEADLINE_MS);
    // Ejected for one second from its last failure on, although all polls succeed.
    await clock.advanceAsync(900);
    expect(view.describe('a', clock.now())).toMatchObject({ health: 'ejected' });
    expect(view.describe('a', clock.now())?.ageMs).toBeLessThanOrEqual(1.2 * POLL_INTERVAL_MS);
    expect(await place(request(7, 'r2'))).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
    await clock.advanceAsync(1_000);
    const probe = pipeline.place(request(7, 'r3'), 'new', { deadline: clock.now() + DEADLINE_MS });
    await clock.advanceAsync(10);
    expect(await place(request(7, 'r4'))).toMatchObject({ kind: 'accepted', member: { id: 'b' } });
    await clock.advanceAsync(DEADLINE_MS);
    expect(await probe).toMatchObject({ kind: 'unknown', member: { id: 'a' } });
    expect(grid.placesOf('EV_r4')).toEqual(['b']);
  });

  it('returns with the first charge that succeeds after its ejection', async () => {
    const { clock, grid, place, view } = await startWithFavourite();
    grid.breakCharges('a', 'fails');
    await place(request(7, 'r1'), 'new', DEADLINE_MS);
    expect(view.describe('a', clock.now())?.health).toBe('ejected');
    grid.mend('a');
    await clock.advanceAsync(POLL_INTERVAL_MS);
    expect(await place(request(7, 'r2'))).toMatchObject({ kind: 'accepted', member: { id: 'a' } });
    expect(view.isEjected('a', clock.now())).toBe(false);
  });
});

describe('an overloaded grid', () => {
  it('gets few messages beyond one per request', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `s${index}`);
    const grid = new InMemoryGrid(Object.fromEntries(ids.map((id) => [id, 100])));
    for (const id of ids) grid.breakCharges(id, 'hangs');
    const { clock, pipeline } = await startBalancer(grid, { pollIntervalMs: POLL_INTERVAL_MS });
    const placements = [];
    for (let index = 0; index < 243; index += 1) {
      placements.push(
        pipeline.place(request(7, `r${index}`), 'new', { deadline: clock.now() + DEADLINE_MS }),
      );
      await clock.advanceAsync(20);
    }
    await clock.advanceAsync(2 * DEADLINE_MS);
    await Promise.all(placements);
    // One each, 20 %, and one retry for each of ten seconds.
    expect(grid.sent.length).toBeLessThanOrEqual(243 * 1.2 + 10);
  });
});

describe('a deadline', () => {
  it('ends the search in time, however many substations do not respond', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `s${index}`);
    const grid = new InMemoryGrid(Object.fromEntries(ids.map((id) => [id, 100])));
    for (const id of ids) grid.breakCharges(id, 'cannot be connected to');
    const { clock, place } = await startBalancer(grid);
    expect(await place(request(7), 'new', 3_000)).toMatchObject({ kind: 'expired' });
    expect(clock.now()).toBeLessThanOrEqual(3_100);
    expect(grid.sent).toHaveLength(3);
  });

  it('keeps a request from being sent when it has passed', async () => {
    const { grid, place } = await startBalancer(new InMemoryGrid({ a: 80 }));
    expect(await place(request(7), 'new', 10)).toMatchObject({ kind: 'expired', hops: 0 });
    expect(await place(request(7, 'r2'), 'repeated', 10)).toMatchObject({ kind: 'unknown', sent: false });
    expect(grid.sent).toEqual([]);
  });

  it('limits the wait in the admission queue', async () => {
    const grid = new InMemoryGrid({ a: 80 });
    grid.fill('a', 80);
    const { clock, place } = await startBalancer(grid, { maxQueue: 5 });
    expect(await place(request(7), 'new', 1_000)).toMatchObject({ kind: 'full', waitedMs: 950 });
    expect(clock.now()).toBeLessThanOrEqual(1_000);
  });
});
