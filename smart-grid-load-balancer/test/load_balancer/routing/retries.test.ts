import { describe, expect, it } from 'vitest';
import { request, startBalancer } from '../../support/balancer.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';

describe('one request', () => {
  it.each([
    [1, ['a']],
    [2, ['a', 'a']],
    [3, ['a', 'a', 'a']],
  ])('sends at most the %d messages that its sender allows', async (attempts, sent) => {
    const grid = new InMemoryGrid({ a: 80 });
    grid.breakCharges('a', 'fails');
    const { clock, pipeline } = await startBalancer(grid);
    const placement = pipeline.place(request(22), 'new', { attempts });
    await clock.advanceAsync(5_000);
    expect(await placement).toMatchObject({ kind: 'unknown', sent: true });
    expect(grid.sent).toEqual(sent);
  });

  it('shares its three messages between substations that lose it and die', async () => {
    const grid = new InMemoryGrid({ a: 80, b: 120 });
    grid.fail('a', 'message-lost', 'down');
    grid.fail('b', 'message-lost', 'down');
    grid.fill('b', 1);
    const { place } = await startBalancer(grid);
    expect(await place(request(22))).toMatchObject({ kind: 'unavailable', hops: 2 });
    expect(grid.sent).toEqual(['a', 'a', 'b', 'b']);
  });

  it('is looked up again only where nobody answered', async () => {
    const grid = new InMemoryGrid({ a: 80, b: 120 });
    grid.fail('b', 'message-lost');
    const { place, registry } = await startBalancer(grid);
    expect(await place(request(22), 'repeated')).toMatchObject({ kind: 'accepted' });
    expect(grid.lookedUp).toEqual(['a', 'b', 'b']);
    expect(await registry.metrics()).toContain('load_balancer_retries_total 1\n');
  });

  it('is placed elsewhere once a silent substation is ejected, if its id is unseen', async () => {
    const grid = new InMemoryGrid({ a: 80, b: 120 });
    grid.fail('b', 'message-lost', 'message-lost');
    const { place } = await startBalancer(grid);
    expect(await place(request(22), 'unseen')).toMatchObject({ kind: 'accepted', member: { id: 'a' } });
  });
});

describe('many requests', () => {
  it('share a budget for their repeated messages, however often the queue tries to place them', async () => {
    const grid = new InMemoryGrid({ a: 1_000 });
    grid.breakCharges('a', 'fails');
    const { clock, pipeline } = await startBalancer(grid, { pollIntervalMs: 100 });
    const placements = [];
    for (let index = 0; index < 200; index += 1) {
      placements.push(pipeline.place(request(1, `r${index}`), 'unseen', { deadline: clock.now() + 5_000 }));
      await clock.advanceAsync(20);
    }
    await clock.advanceAsync(10_000);
    await Promise.all(placements);
    // 20 %, and one retry for each of four seconds and of the ten before.
    expect(grid.sent.length).toBeLessThanOrEqual(200 * 1.2 + 14);
  });
});
