import { describe, expect, it } from 'vitest';
import { validCharge } from '../support/substation.ts';
import { serveSubstation } from '../support/substation-app.ts';

const message = { ...validCharge, request_id: 'r1', dispatch: { round: 1, attempt: 0 } };

describe('a charge whose sender has given up', () => {
  it('starts no session, and neither does an earlier message about it', async () => {
    const { api } = serveSubstation();
    const charge = (left: string, attempt: number) =>
      api
        .post('/charge')
        .set('request-deadline-ms', left)
        .send({ ...message, dispatch: { round: 1, attempt } });
    const late = await charge('0', 1);
    expect({ status: late.status, error: late.body.error }).toEqual({
      status: 503,
      error: 'Deadline exceeded',
    });
    expect((await charge('5000', 0)).status).toBe(409);
    expect((await api.get('/status')).body).toMatchObject({ active_sessions: 0 });
    expect((await charge('5000', 2)).status).toBe(200);
  });

  it('gets the session that it has', async () => {
    const { api } = serveSubstation();
    const first = await api.post('/charge').send(message);
    const again = await api.post('/charge').set('request-deadline-ms', '0').send(message);
    expect({ status: again.status, session: again.body.session_id }).toEqual({
      status: 200,
      session: first.body.session_id,
    });
  });

  it('is a 400 where the deadline is not a number of milliseconds', async () => {
    const { api } = serveSubstation();
    const { status, body } = await api.post('/charge').set('request-deadline-ms', '1.5').send(message);
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'request-deadline-ms' });
  });
});
