import { describe, expect, it } from 'vitest';
import { serveBalancer } from '../../support/balancer.ts';
import { validCharge } from '../../support/substation.ts';

describe('the session routes', () => {
  it('list all sessions and name the substations that do not respond', async () => {
    const { api, grid } = await serveBalancer();
    for (const vehicle_id of ['EV_1', 'EV_2'])
      await api.post('/route_charge').send({ ...validCharge, vehicle_id });
    const all = (await api.get('/sessions')).body;
    expect(all.sessions.map(({ vehicle_id }: { vehicle_id: string }) => vehicle_id).sort()).toEqual([
      'EV_1',
      'EV_2',
    ]);
    expect(all.unreachable_substations).toEqual([]);
    grid.fail('a', 'message-lost');
    expect((await api.get('/sessions')).body).toMatchObject({ unreachable_substations: ['a'] });
  });

  it('find and stop a session by its id and free its load at once', async () => {
    const { api, view } = await serveBalancer({ a: 80 });
    const { body: charged } = await api.post('/route_charge').send(validCharge);
    const path = `/sessions/${charged.session_id}`;
    expect((await api.get(path)).body).toMatchObject({ vehicle_id: 'EV_1', remaining_time: 10 });
    expect((await api.delete(path)).body).toMatchObject({ session_id: charged.session_id, current_load: 0 });
    expect(view.describe('a', 0)?.load).toBe(0);
    expect((await api.get(path)).status).toBe(404);
    expect((await api.delete(path)).status).toBe(404);
  });

  it('respond with 503 while the substation of a session does not respond', async () => {
    const { api, grid } = await serveBalancer({ a: 80 });
    const { body: charged } = await api.post('/route_charge').send(validCharge);
    grid.fail('a', 'message-lost');
    const { status, body } = await api.get(`/sessions/${charged.session_id}`);
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'Substation does not respond' });
  });

  it.each(['nonsense', 'z~1', '__proto__', '%2e%2e'])(
    'respond with 404 to the unknown session id %s',
    async (id) => {
      const { api } = await serveBalancer();
      expect((await api.get(`/sessions/${id}`)).status).toBe(404);
    },
  );
});
