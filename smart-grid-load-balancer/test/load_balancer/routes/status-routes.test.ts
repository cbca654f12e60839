import { describe, expect, it } from 'vitest';
import { serveBalancer } from '../../support/balancer.ts';
import { validCharge } from '../../support/substation.ts';

describe('GET /status', () => {
  it('shows the estimated load of every substation and its parts', async () => {
    const { api } = await serveBalancer({ a: 80 });
    await api.post('/route_charge').send(validCharge);
    const { body } = await api.get('/status');
    expect(body).toMatchObject({
      service: 'load_balancer',
      substation_loads: { a: 22 },
      routing_policy: 'least-load',
      substations: {
        a: { url: 'memory:a', polled_load: 22, own_dispatches: 0, load: 22, capacity: 80, health: 'up' },
      },
    });
    expect(body.substations.a.view_age_ms).toBeGreaterThanOrEqual(0);
    expect(Date.parse(body.timestamp)).toBeGreaterThan(0);
  });
});

describe('a substation under two names', () => {
  it('counts once in the loads, and its other name says whose it is', async () => {
    const { api, view } = await serveBalancer({ a: 80, b: 80, c: 50 });
    for (const id of ['a', 'b']) view.polled(id, { load: 30, capacity: 80, life: 'abcdefgh' }, 1, 1);
    const { body } = await api.get('/status');
    expect(body.substation_loads).toEqual({ a: 30, c: 0 });
    expect(body.substations).toMatchObject({ a: { load: 30 }, b: { same_as: 'a' }, c: { load: 0 } });
    expect(body.substations.a).not.toHaveProperty('same_as');
    const { text } = await api.get('/metrics');
    expect(text).toContain('substation_load{substation_id="a"} 30\n');
    expect(text).not.toContain('substation_load{substation_id="b"}');
  });
});

describe('GET /ready', () => {
  it('is 200 once the substations have been polled', async () => {
    const { api } = await serveBalancer();
    expect((await api.get('/ready')).status).toBe(200);
  });

  it('is 503 while no substation can charge', async () => {
    const { api, view } = await serveBalancer();
    view.draining('a', 0);
    for (const _ of [1, 2]) view.failed('b', 0);
    const { status, body } = await api.get('/ready');
    expect({ status, reason: body.reason }).toEqual({
      status: 503,
      reason: 'no substation responds and accepts sessions',
    });
    view.polled('a', { load: 0, capacity: 80, draining: false }, 1, 1);
    expect((await api.get('/ready')).status).toBe(200);
  });
});
