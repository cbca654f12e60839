import { describe, expect, it } from 'vitest';
import { good, start } from '../balancer-app.ts';

describe('sessions', () => {
  it('are listed over all substations, and those that do not answer are named', async () => {
    const { api, grid } = await start();
    for (const vehicle_id of ['EV_1', 'EV_2']) await api.post('/route_charge').send({ ...good, vehicle_id });
    const all = (await api.get('/sessions')).body;
    expect(all.sessions.map(({ vehicle_id }: { vehicle_id: string }) => vehicle_id).sort()).toEqual([
      'EV_1',
      'EV_2',
    ]);
    expect(all.unreachable_substations).toEqual([]);
    grid.fail('a', 'message-lost');
    expect((await api.get('/sessions')).body).toMatchObject({ unreachable_substations: ['a'] });
  });

  it('are found by their id alone, and end early with their load given back at once', async () => {
    const { api, view } = await start({ a: 80 });
    const { body: charged } = await api.post('/route_charge').send(good);
    const path = `/sessions/${charged.session_id}`;
    expect((await api.get(path)).body).toMatchObject({ vehicle_id: 'EV_1', remaining_time: 10 });
    expect((await api.delete(path)).body).toMatchObject({ session_id: charged.session_id, current_load: 0 });
    expect(view.describe('a', 0)?.load).toBe(0);
    expect((await api.get(path)).status).toBe(404);
    expect((await api.delete(path)).status).toBe(404);
  });

  it('are not declared missing while their substation does not answer', async () => {
    const { api, grid } = await start({ a: 80 });
    const { body: charged } = await api.post('/route_charge').send(good);
    grid.fail('a', 'message-lost');
    const { status, body } = await api.get(`/sessions/${charged.session_id}`);
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'Substation does not answer' });
  });

  it.each(['nonsense', 'z~1', '__proto__', '%2e%2e'])('that never were, such as %s, are 404', async (id) => {
    const { api } = await start();
    expect((await api.get(`/sessions/${id}`)).status).toBe(404);
  });
});
