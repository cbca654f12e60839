import { describe, expect, it } from 'vitest';
import { policyNames } from '../../../load_balancer/policies/index.ts';
import { serveBalancer } from '../../support/balancer.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';

const charge = { vehicle_id: 'EV_secret', charge_amount: 11, priority: 'normal' };

describe('GET /live', () => {
  it('shows what the balancer believes beside what a substation reports', async () => {
    const { api, grid } = await serveBalancer();
    grid.fill('a', 30);
    const { body } = await api.get('/live').expect(200);
    expect(body).toMatchObject({ policy: 'least-load', policies: policyNames });
    expect(body.substations[0]).toMatchObject({
      id: 'a',
      load: 0,
      true_load: 30,
      capacity: 80,
      health: 'up',
    });
  });

  it('shows decisions and sessions without vehicles, ids and secrets', async () => {
    const { api, clock } = await serveBalancer();
    await api.get('/live').expect(200);
    const accepted = await api.post('/route_charge').send(charge).expect(200);
    await api
      .post('/route_charge')
      .send({ ...charge, charge_amount: 500 })
      .expect(422);
    clock.advance(1_000);
    const { body, text } = await api.get('/live?since=0').expect(200);
    expect(body.decisions).toMatchObject([
      { outcome: 'accepted', policy: 'least-load', substation: accepted.body.substation_id },
      { outcome: 'too-large' },
    ]);
    expect(body.decisions[0].candidates).toHaveLength(2);
    expect(body.outcomes).toEqual({ accepted: 1, 'too-large': 1 });
    expect(body.sessions).toEqual([
      expect.objectContaining({ charge_amount: 11, substation_id: accepted.body.substation_id }),
    ]);
    for (const secret of ['EV_secret', accepted.body.session_id, accepted.body.session_secret])
      expect(text).not.toContain(secret);
    const { seq } = body.decisions[1];
    expect((await api.get(`/live?since=${seq}`)).body.decisions).toEqual([]);
  });

  it.each(['-1', 'x', '1&since=2'])('refuses since=%s', async (since) => {
    const { api } = await serveBalancer();
    const { body } = await api.get(`/live?since=${since}`).expect(400);
    expect(body).toMatchObject({ field: 'since' });
  });

  it('asks no more substations than a page shows', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `s${index}`);
    const grid = new InMemoryGrid(Object.fromEntries(names.map((name) => [name, 100])));
    const asked = new Set<string>();
    const report = grid.report.bind(grid);
    grid.report = (member) => {
      asked.add(member.id);
      return report(member);
    };
    const { api } = await serveBalancer(undefined, {}, grid);
    // The polls of its start.
    asked.clear();
    const { body } = await api.get('/live').expect(200);
    expect(body.substations).toHaveLength(60);
    expect(body.omitted_substations).toBe(40);
    expect(asked.size).toBe(60);
  });

  it('shows a substation that does not answer', async () => {
    const grid = new InMemoryGrid({ a: 80, b: 120 });
    grid.report = async ({ id }) => {
      if (id === 'a') throw new Error('down');
      return { load: 7, capacity: 120, name: id };
    };
    const { api } = await serveBalancer(undefined, {}, grid);
    const { body } = await api.get('/live').expect(200);
    expect(body.substations.map((each: { true_load: number }) => each.true_load)).toEqual([null, 7]);
  });
});

describe('PUT /policy', () => {
  it.each(policyNames)('puts %s in force at once', async (policy) => {
    const { api } = await serveBalancer({ a: 80, b: 40 });
    await api.put('/policy').send({ policy }).expect(200, { routing_policy: policy });
    expect((await api.get('/status')).body.routing_policy).toBe(policy);
    const { body } = await api.post('/route_charge').send(charge).expect(200);
    // The smaller gap; the others have no reason to prefer it for certain.
    if (policy === 'best-fit') expect(body.substation_id).toBe('b');
  });

  it('needs the admin token where there is one', async () => {
    const { api } = await serveBalancer(undefined, { adminToken: 'secret-of-the-operator' });
    await api.put('/policy').send({ policy: 'random' }).expect(401);
    expect((await api.get('/status')).body.routing_policy).toBe('least-load');
    const put = api.put('/policy').set('authorization', 'Bearer secret-of-the-operator');
    await put.send({ policy: 'random' }).expect(200);
  });

  it('is for clients on the same host without a token', async () => {
    const { api } = await serveBalancer();
    await api.put('/policy').set('x-forwarded-for', '10.0.0.7').send({ policy: 'random' }).expect(403);
  });

  it('refuses a policy that it does not know, and changes nothing', async () => {
    const { api } = await serveBalancer();
    const { body } = await api.put('/policy').send({ policy: 'best' }).expect(400);
    expect(body).toMatchObject({ field: 'policy' });
    expect((await api.get('/status')).body.routing_policy).toBe('least-load');
  });
});
