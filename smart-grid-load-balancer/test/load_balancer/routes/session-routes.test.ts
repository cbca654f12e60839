import { describe, expect, it } from 'vitest';
import { serveBalancer } from '../../support/balancer.ts';
import { holderOf } from '../../support/http.ts';
import { InMemoryGrid } from '../../support/in-memory-grid.ts';
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
    const holder = holderOf(charged);
    expect((await api.get(path).set(holder)).body).toMatchObject({ vehicle_id: 'EV_1', remaining_time: 10 });
    expect((await api.delete(path).set(holder)).body).toMatchObject({
      session_id: charged.session_id,
      current_load: 0,
    });
    expect(view.describe('a', 0)?.load).toBe(0);
    expect((await api.get(path)).status).toBe(404);
    expect((await api.delete(path)).status).toBe(404);
  });

  it('respond with 503 while the substation of a session does not respond', async () => {
    const { api, grid } = await serveBalancer({ a: 80, b: 80 });
    const { body: charged } = await api.post('/route_charge').send(validCharge);
    // One that is down continues the session when it restarts.
    for (const fault of ['message-lost', 'down'] as const)
      for (const method of ['get', 'delete'] as const) {
        grid.fail(charged.substation_id, fault);
        const { status, body } = await api[method](`/sessions/${charged.session_id}`);
        expect([fault, method, status, body.error]).toEqual([
          fault,
          method,
          503,
          'Substation does not respond',
        ]);
      }
  });

  it('refuse anyone who does not hold the session', async () => {
    const { api, grid } = await serveBalancer({ a: 80 });
    const { body: charged } = await api.post('/route_charge').send(validCharge);
    const { body: other } = await api.post('/route_charge').send({ ...validCharge, vehicle_id: 'EV_2' });
    const path = `/sessions/${charged.session_id}`;
    for (const headers of [{}, holderOf(other)]) {
      expect((await api.get(path).set(headers)).status).toBe(401);
      expect((await api.delete(path).set(headers)).status).toBe(401);
    }
    expect(grid.placesOf('EV_1')).toHaveLength(1);
  });

  it('list sessions only for the administrator, who proves it', async () => {
    const { api } = await serveBalancer({ a: 80 }, { adminToken: 'correct-horse' });
    const { body: charged } = await api.post('/route_charge').send(validCharge);
    expect((await api.get('/sessions')).status).toBe(401);
    expect((await api.get('/sessions').set(holderOf(charged))).status).toBe(401);
    const listed = await api.get('/sessions').set('Authorization', 'Bearer correct-horse');
    expect(listed.body.sessions).toHaveLength(1);
  });

  it('list no sessions without an admin token, except for clients on the same host', async () => {
    const { api } = await serveBalancer();
    expect((await api.get('/sessions')).status).toBe(200);
    for (const name of ['X-Forwarded-For', 'Via', 'Forwarded', 'Origin'])
      expect((await api.get('/sessions').set(name, 'elsewhere')).status).toBe(403);
  });

  it('send substations a derived token or a session secret, and never the admin token', async () => {
    const grid = new InMemoryGrid({ a: 80 }, { endsAt: 1 });
    const sent: (string | undefined)[] = [];
    const { session, sessions, stopSession } = grid;
    grid.sessions = (member, credential) => {
      sent.push(credential);
      return sessions(member, credential);
    };
    grid.session = (member, id, credential) => {
      sent.push(credential);
      return session(member, id, credential);
    };
    grid.stopSession = (member, id, credential) => {
      sent.push(credential);
      return stopSession(member, id, credential);
    };
    const { api } = await serveBalancer({}, { adminToken: 'correct-horse' }, grid);
    const { body: charged } = await api.post('/route_charge').send(validCharge);
    const path = `/sessions/${charged.session_id}`;
    for (const bearer of ['correct-horse', 'a-token-for-another-service', charged.session_secret]) {
      await api.get('/sessions').set('Authorization', `Bearer ${bearer}`);
      await api.get(path).set('Authorization', `Bearer ${bearer}`);
    }
    await api.delete(path).set('Authorization', 'Bearer correct-horse');
    const derived = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(sent).toEqual([derived, derived, undefined, charged.session_secret, derived]);
  });

  it.each(['nonsense', 'z~1', '__proto__', '%2e%2e'])(
    'respond with 404 to the unknown session id %s',
    async (id) => {
      const { api } = await serveBalancer();
      expect((await api.get(`/sessions/${id}`)).status).toBe(404);
    },
  );
});
