import { describe, expect, it } from 'vitest';
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
    await api.post('/charge').send(validCharge);
    const session = { session_id: 's1~1', substation_id: 's1', vehicle_id: 'EV_1', remaining_time: 10 };
    expect((await api.get('/sessions')).body).toMatchObject({ sessions: [session] });
    expect((await api.get('/sessions/s1~1')).body).toMatchObject(session);
  });

  it('ends early on DELETE and releases its load at once', async () => {
    const { api, clock } = serveSubstation();
    await api.post('/charge').send(validCharge);
    const { status, body } = await api.delete('/sessions/s1~1');
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
});
