import { describe, expect, it } from 'vitest';
import { good, startSubstation } from './substation-app.ts';

describe('POST /drain', () => {
  it('refuses new sessions from then on and lets running ones finish', async () => {
    const { api } = startSubstation();
    await api.post('/charge').send(good);
    expect((await api.post('/drain')).body).toMatchObject({ status: 'draining', active_sessions: 1 });
    const { status, body } = await api.post('/charge').send(good);
    expect(status).toBe(503);
    expect(body).toEqual({ error: 'Draining', substation_id: 's1' });
    expect((await api.get('/ready')).status).toBe(503);
    expect((await api.get('/status')).body).toMatchObject({ active_sessions: 1, draining: true });
  });

  it('needs the admin token where there is one, and changes nothing without it', async () => {
    const { api } = startSubstation({ adminToken: 'open-sesame' });
    const attempts = [api.post('/drain'), api.post('/drain').set('Authorization', 'Bearer guessed')];
    for (const attempt of attempts) expect((await attempt).status).toBe(401);
    expect((await api.get('/status')).body).toMatchObject({ draining: false });
    const allowed = await api.post('/drain').set('Authorization', 'Bearer open-sesame');
    expect(allowed.status).toBe(202);
  });
});
