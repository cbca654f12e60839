import { StorageFailedError } from '@gridclock/durable-tables';
import { describe, expect, it } from 'vitest';
import { request, STARTED_AT_S, startBalancer } from '../../support/balancer.ts';
import { BalancerDisk } from '../../support/balancer-disk.ts';
import { InMemoryGrid, type InMemoryGridOptions } from '../../support/in-memory-grid.ts';

const endsAt = STARTED_AT_S * 1_000 + 3_600_000;

/** Starts a balancer on disk, and later others with what it left there. */
async function start(options: InMemoryGridOptions = {}) {
  const grid = new InMemoryGrid({ a: 80, b: 120 }, { durable: true, endsAt, ...options });
  const disk = new BalancerDisk();
  const balancer = await startBalancer(grid, { storage: disk.open() });
  const restart = (absent: readonly string[] = []) => {
    balancer.kill();
    return startBalancer(grid, { clock: balancer.clock, storage: disk.open(), absent });
  };
  return { ...balancer, disk, restart };
}

describe('a balancer that restarts with its disk', () => {
  it('returns the session of a repeated request and its secret, which its disk does not have', async () => {
    const { disk, grid, place, restart } = await start();
    const first = await place(request(22), 'unseen');
    await place(request(1, 'later'), 'unseen');
    if (first.kind !== 'accepted') throw new Error(first.kind);
    const { session_id, session_secret } = first.acceptance;
    expect(session_secret).toMatch(/^session_/);
    expect(JSON.stringify([...disk.open().requests])).not.toContain(session_secret);
    const restarted = await restart();
    expect(await restarted.place(request(22), 'unseen')).toMatchObject({
      kind: 'accepted',
      acceptance: { session_id, session_secret },
    });
    expect(grid.placesOf('EV_r1')).toHaveLength(1);
  });

  it('asks only the substation that it had asked when it was killed', async () => {
    const { clock, grid, pipeline, restart } = await start();
    grid.fail('a', 'response-lost');
    grid.fail('b', 'response-lost');
    void pipeline.place(request(22), 'new');
    await clock.advanceAsync(0);
    const [holder = ''] = grid.placesOf('EV_r1');
    const restarted = await restart();
    for (let n = 0; n < 2; n += 1) restarted.fleet.chargeFailed(holder, 'test', restarted.clock.now());
    expect(await restarted.place(request(22), 'unseen')).toMatchObject({ member: { id: holder } });
    expect(grid.placesOf('EV_r1')).toEqual([holder]);
  });

  it('asks it again where the substations have no lookups', async () => {
    const { clock, grid, pipeline, restart } = await start({ withoutLookups: true });
    grid.fail('a', 'response-lost');
    grid.fail('b', 'response-lost');
    void pipeline.place(request(22), 'new');
    await clock.advanceAsync(0);
    const [holder = ''] = grid.placesOf('EV_r1');
    const restarted = await restart();
    expect(await restarted.place(request(22), 'repeated')).toMatchObject({
      kind: 'accepted',
      member: { id: holder },
    });
    expect(grid.placesOf('EV_r1')).toEqual([holder]);
  });

  it('keeps a request unknown while the substation that may have accepted does not resolve', async () => {
    const { clock, grid, pipeline, restart } = await start();
    grid.fail('a', 'response-lost');
    grid.fail('b', 'response-lost');
    void pipeline.place(request(22), 'new');
    await clock.advanceAsync(0);
    const [holder = ''] = grid.placesOf('EV_r1');
    const restarted = await restart([holder]);
    expect(await restarted.place(request(22), 'unseen')).toMatchObject({
      kind: 'unknown',
      member: { id: holder },
    });
    expect(grid.placesOf('EV_r1')).toEqual([holder]);
  });

  it('still knows that an id stands for another request', async () => {
    const { place, restart } = await start();
    await place(request(22), 'unseen');
    const restarted = await restart();
    expect(await restarted.place(request(23), 'unseen')).toMatchObject({ kind: 'invalid', status: 409 });
  });

  it('still knows the credential that an id came with', async () => {
    const { place, restart } = await start();
    const credential = 'a'.repeat(64);
    await place({ ...request(22), credential }, 'unseen');
    const restarted = await restart();
    const conflict = { kind: 'invalid', status: 409 };
    expect(await restarted.place(request(22), 'unseen')).toMatchObject(conflict);
    expect(await restarted.place({ ...request(22), credential: 'b'.repeat(64) }, 'unseen')).toMatchObject(
      conflict,
    );
    expect(await restarted.place({ ...request(22), credential }, 'unseen')).toMatchObject({
      kind: 'accepted',
    });
  });

  it('lets a substation check the credential after it has lost its memory', async () => {
    const grid = new InMemoryGrid({ a: 80 });
    const credential = 'a'.repeat(64);
    await (await startBalancer(grid)).place({ ...request(22), credential }, 'unseen');
    const { place } = await startBalancer(grid);
    expect(await place(request(22), 'repeated')).toMatchObject({ kind: 'invalid', status: 409 });
    expect(await place({ ...request(22), credential }, 'repeated')).toMatchObject({ kind: 'accepted' });
    expect(grid.placesOf('EV_r1')).toHaveLength(1);
  });

  it('forgets a request some time after its session has ended', async () => {
    const { clock, disk, place, restart } = await start();
    await place(request(22), 'unseen');
    // The session lasts an hour; the test's memory 1000 s longer.
    clock.advance(3_600_000 + 900_000);
    expect(await (await restart()).place(request(23), 'unseen')).toMatchObject({ status: 409 });
    clock.advance(200_000);
    await restart();
    expect([...disk.open().requests]).toEqual([]);
  });
});

describe('a balancer whose disk takes no changes', () => {
  it('places no request, and returns the sessions that it knows', async () => {
    const { clock, disk, grid, kill, place } = await start();
    await place(request(22), 'unseen');
    await place(request(1, 'later'), 'unseen');
    kill();
    const storage = disk.open();
    const failure = new StorageFailedError('no space left');
    const journal = { ...storage.journal, failure, flushed: () => Promise.reject(failure) };
    const full = await startBalancer(grid, { clock, storage: { ...storage, journal } });
    expect(await full.place(request(7, 'r2'), 'unseen')).toMatchObject({
      kind: 'unstorable',
      usedBefore: true,
    });
    // Nobody but this message's sender knows the id: no substation can have it.
    expect(await full.place(request(7, 'r3'), 'new')).toMatchObject({
      kind: 'unstorable',
      usedBefore: false,
    });
    expect(await full.place(request(22), 'unseen')).toMatchObject({ kind: 'accepted' });
    expect(grid.placesOf('EV_r2')).toEqual([]);
    expect(full.notReady()).toBe('no space left');
  });
});
