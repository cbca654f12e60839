import { describe, expect, it } from 'vitest';
import { good, startSubstation } from './substation-app.ts';

describe('POST /requests/lookup', () => {
  const dispatch = { round: 1, attempt: 0 };

  it('finds the answer that was given', async () => {
    const { api } = startSubstation();
    const { body: answer } = await api.post('/charge').send({ ...good, request_id: 'r1' });
    const { body } = await api.post('/requests/lookup').send({ request_id: 'r1', dispatch });
    expect(body).toEqual({ known: true, answer });
  });

  it('makes sure that what it does not know does not arrive later', async () => {
    const { api } = startSubstation();
    const { body } = await api.post('/requests/lookup').send({ request_id: 'r1', dispatch });
    expect(body).toEqual({ known: false });
    const late = await api
      .post('/charge')
      .send({ ...good, request_id: 'r1', dispatch: { round: 0, attempt: 3 } });
    expect(late.status).toBe(409);
    expect(late.body).toEqual({ error: 'Superseded' });
  });

  it('answers 400 naming what is missing', async () => {
    const { api } = startSubstation();
    const { status, body } = await api.post('/requests/lookup').send({ request_id: 'r1' });
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'dispatch' });
  });
});
