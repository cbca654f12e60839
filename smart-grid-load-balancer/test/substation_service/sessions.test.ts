import { managingSessionsOf } from '@gridclock/grid-protocol';
import { Token } from '@gridclock/service-kit';
import { describe, expect, it } from 'vitest';
import { holderOf } from '../support/http.ts';
import { validCharge } from '../support/substation.ts';
import { serveSubstation } from '../support/substation-app.ts';

describe('GET /status', () => {
  it('returns the load and every session', async () => {
    const { api, clock } = serveSubstation();
    await api.post('/charge').send(validCharge);
    clock.advance(4_000);
    expect((await api.get('/status')).body).toEqual({
      substation_id: 's1',
      current_load: 22,
      max_capacity: 100,
      utilization_percent: 22,
      active_sessions: 1,
      available_capacity: 78,
      draining: false,
      sessions: {
        's1~1': { vehicle_id: 'EV_1', charge_amount: 22, priority: 'normal', remaining_time: 6 },
      },
      timestamp: '1970-01-01T00:00:04.000Z',
    });
  });
});

describe('a session', () => {
  it('is listed and can be read by its id', async () => {
    const { api } = serveSubstation();
    const { body } = await api.post('/charge').send(validCharge);
    const session = { session_id: 's1~1', substation_id: 's1', vehicle_id: 'EV_1', remaining_time: 10 };
    expect((await api.get('/sessions')).body).toMatchObject({ sessions: [session] });
    expect((await api.get('/sessions/s1~1').set(holderOf(body))).body).toMatchObject(session);
  });

  it('ends early on DELETE and releases its load at once', async () => {
    const { api, clock } = serveSubstation();
    const charged = await api.post('/charge').send(validCharge);
    const { status, body } = await api.delete('/sessions/s1~1').set(holderOf(charged.body));
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'stopped', session_id: 's1~1', current_load: 0 });
    clock.advance(10_000);
    expect((await api.get('/metrics')).text).toContain('substation_sessions_ended_total{end="completed"} 0');
  });

  it('returns 404 for an unknown id', async () => {
    const { api } = serveSubstation();
    for (const id of ['s1~9', '__proto__']) {
      expect((await api.get(`/sessions/${id}`)).status).toBe(404);
      expect((await api.delete(`/sessions/${id}`)).status).toBe(404);
    }
  });

  it('is neither read nor stopped without its own secret', async () => {
    const { api } = serveSubstation();
    await api.post('/charge').send(validCharge);
    const other = await api.post('/charge').send({ ...validCharge, vehicle_id: 'EV_2' });
    for (const headers of [
      {},
      holderOf(other.body),
      { authorization: 'Bearer ' },
      { authorization: 'Basic x' },
    ]) {
      const read = await api.get('/sessions/s1~1').set(headers);
      expect({ status: read.status, challenge: read.get('www-authenticate') }).toEqual({
        status: 401,
        challenge: 'Bearer',
      });
      expect(JSON.stringify(read.body)).not.toContain('EV_1');
      expect((await api.delete('/sessions/s1~1').set(headers)).status).toBe(401);
    }
    expect((await api.get('/status')).body.active_sessions).toBe(2);
  });

  it('gives a repeated request the same secret while it runs, and none once it has ended', async () => {
    const { api, clock } = serveSubstation();
    const charge = () => api.post('/charge').send({ ...validCharge, request_id: 'r1' });
    const { body } = await charge();
    expect((await charge()).body).toEqual(body);
    clock.advance(10_000);
    expect((await charge()).body).not.toHaveProperty('session_secret');
  });
});

describe('the sessions of a substation with an admin token', () => {
  const adminToken = 'correct-horse';
  const serve = () => serveSubstation({ adminToken, life: 'life0001' });

  it('are listed, read and stopped with that token', async () => {
    const { api } = serve();
    const headers = { authorization: `Bearer ${adminToken}` };
    const { body } = await api.post('/charge').send(validCharge);
    expect((await api.get('/sessions')).status).toBe(401);
    expect((await api.get('/sessions').set(holderOf(body))).status).toBe(401);
    expect((await api.get('/sessions').set(headers)).body.sessions).toHaveLength(1);
    expect((await api.get(`/sessions/${body.session_id}`).set(headers)).status).toBe(200);
    expect((await api.delete(`/sessions/${body.session_id}`).set(headers)).status).toBe(200);
  });

  it('are managed by a balancer with a token derived for this life, which does not drain', async () => {
    const { api } = serve();
    await api.post('/charge').send(validCharge);
    const derived = (life: string) => ({
      authorization: `Bearer ${new Token([adminToken]).derive(managingSessionsOf(life)).sent}`,
    });
    expect((await api.get('/sessions').set(derived('life0001'))).status).toBe(200);
    expect((await api.get('/sessions').set(derived('life0002'))).status).toBe(401);
    expect((await api.post('/drain').set(derived('life0001'))).status).toBe(401);
  });
});
