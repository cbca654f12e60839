import { describe, expect, it } from 'vitest';
import { validCharge } from '../support/substation.ts';
import { serveSubstation } from '../support/substation-app.ts';

describe('POST /drain', () => {
  it('rejects new sessions and lets running ones continue', async () => {
    const { api } = serveSubstation();
    await api.post('/charge').send(validCharge);
    expect((await api.post('/drain')).body).toMatchObject({ status: 'draining', active_sessions: 1 });
    const { status, body } = await api.post('/charge').send(validCharge);
    expect(status).toBe(503);
    expect(body).toEqual({ error: 'Draining', substation_id: 's1' });
    expect((await api.get('/ready')).status).toBe(503);
    expect((await api.get('/status')).body).toMatchObject({ active_sessions: 1, draining: true });
  });

  it('requires the admin token if one is set', async () => {
    const { api } = serveSubstation({ adminToken: 'open-sesame' });
    const attempts = [api.post('/drain'), api.post('/drain').set('Authorization', 'Bearer guessed')];
    for (const attempt of attempts) expect((await attempt).status).toBe(401);
    expect((await api.get('/status')).body).toMatchObject({ draining: false });
    const allowed = await api.post('/drain').set('Authorization', 'Bearer open-sesame');
    expect(allowed.status).toBe(202);
  });
});
