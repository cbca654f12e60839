import { describe, expect, it } from 'vitest';
import { request, STARTED_AT_S, serveBalancer } from '../../support/balancer.ts';
import { BalancerDisk } from '../../support/balancer-disk.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';

const HOUR_MS = 3_600_000;

/** Starts a balancer that polls every second, on a substation `a`, with one session. */
async function start({ durable = false, forMs = HOUR_MS } = {}) {
  const grid = new InMemoryGrid({ a: 100 }, { durable, endsAt: STARTED_AT_S * 1_000 + forMs });
  const disk = new BalancerDisk();
  const open = (clock?: Awaited<ReturnType<typeof serveBalancer>>['clock']) =>
    serveBalancer({}, { pollIntervalMs: 1_000, storage: disk.open(), ...(clock && { clock }) }, grid);
  const balancer = await open();
  const placement = await balancer.place(request(7));
  if (placement.kind !== 'accepted') throw new Error(placement.kind);
  const restart = () => {
    balancer.kill();
    return open(balancer.clock);
  };
  return { ...balancer, restart, id: String(placement.acceptance.session_id) };
}

const interruptions = async ({ registry }: { registry: { metrics: () => Promise<string> } }) =>
  Number(/^load_balancer_sessions_interrupted_total (\d+)$/m.exec(await registry.metrics())?.[1]);

describe('a session whose substation lost its memory', () => {
  it('is interrupted for its id and its key, and counted once', async () => {
    const balancer = await start();
    const { api, clock, grid, id } = balancer;
    grid.restart('a');
    // Before the next poll, by asking the substation.
    const { body, status } = await api.post('/route_charge').send(request(7));
    expect({ status, body }).toMatchObject({
      status: 410,
      body: { error: 'Session interrupted', session_id: id, state: 'interrupted', request_id: 'r1' },
    });
    await clock.advanceAsync(2_000);
    expect(await interruptions(balancer)).toBe(1);
    expect((await api.get(`/sessions/${id}`)).body).toMatchObject({ state: 'interrupted' });
    expect((await api.delete(`/sessions/${id}`)).status).toBe(410);
    expect(grid.placesOf('EV_r1')).toEqual([]);
  });

  it('is counted by the next poll, also while nobody asks', async () => {
    const balancer = await start();
    balancer.grid.restart('a');
    await balancer.clock.advanceAsync(2_000);
    expect(await interruptions(balancer)).toBe(1);
    expect(await balancer.place(request(7), 'repeated')).toMatchObject({ kind: 'interrupted' });
  });

  it('is interrupted while its substation is down, because its sessions end with its process', async () => {
    const { grid, place } = await start();
    grid.fail('a', 'down');
    expect(await place(request(7), 'repeated')).toMatchObject({ kind: 'interrupted' });
  });

  it('stays interrupted for a balancer that restarts, which learns it from its disk', async () => {
    const { grid, id, restart } = await start();
    grid.restart('a');
    const restarted = await restart();
    expect(await restarted.place(request(7), 'repeated')).toMatchObject({ kind: 'interrupted' });
    expect((await restarted.api.get(`/sessions/${id}`)).status).toBe(410);
    expect(await interruptions(restarted)).toBe(1);
  });

  it('counts as finished if its time was over when that life was last seen', async () => {
    const balancer = await start({ forMs: 5_000 });
    await balancer.clock.advanceAsync(6_000);
    balancer.grid.restart('a');
    await balancer.clock.advanceAsync(2_000);
    expect(await balancer.api.get(`/sessions/${balancer.id}`)).toMatchObject({
      status: 404,
      body: { state: 'finished' },
    });
    expect(await balancer.place(request(7), 'repeated')).toMatchObject({ kind: 'accepted' });
    expect(await interruptions(balancer)).toBe(0);
  });
});

describe('a session whose substation keeps it on disk', () => {
  it('is not interrupted when its substation is down or restarts', async () => {
    const balancer = await start({ durable: true });
    const { grid, place } = balancer;
    grid.fail('a', 'down');
    expect(await place(request(7), 'repeated')).toMatchObject({ kind: 'accepted' });
    await balancer.clock.advanceAsync(2_000);
    expect(await interruptions(balancer)).toBe(0);
    expect(grid.placesOf('EV_r1')).toEqual(['a']);
  });
});
