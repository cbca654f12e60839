import { describe, expect, it } from 'vitest';
import { validCharge } from '../support/substation.ts';
import { serveSubstation } from '../support/substation-app.ts';

describe('POST /requests/lookup', () => {
  const dispatch = { round: 1, attempt: 0 };

  it('returns the response to an accepted request', async () => {
    const { api } = serveSubstation();
    const { body: accepted } = await api.post('/charge').send({ ...validCharge, request_id: 'r1' });
    const { body } = await api.post('/requests/lookup').send({ request_id: 'r1', dispatch });
    const { session_secret: _secret, ...answer } = accepted;
    expect(body).toEqual({ known: true, answer });
  });

  it('fences off earlier messages about an unknown request', async () => {
    const { api } = serveSubstation();
    const { body } = await api.post('/requests/lookup').send({ request_id: 'r1', dispatch });
    expect(body).toEqual({ known: false });
    const late = await api
      .post('/charge')
      .send({ ...validCharge, request_id: 'r1', dispatch: { round: 0, attempt: 3 } });
    expect(late.status).toBe(409);
    expect(late.body).toMatchObject({ error: 'Superseded', code: 'superseded' });
  });

  it('says which message about it came before, because a balancer has handled it', async () => {
    const { api } = serveSubstation();
    const lookUp = (round: number) =>
      api.post('/requests/lookup').send({ request_id: 'r1', dispatch: { round, attempt: 0 } });
    expect((await lookUp(5)).body).toEqual({ known: false });
    expect((await lookUp(9)).body).toEqual({ known: false, fence: { round: 5, attempt: 0 } });
    expect((await lookUp(7)).body).toEqual({ known: false, fence: { round: 9, attempt: 0 } });
  });

  it('says that the last round about it has settled, until another one is handled', async () => {
    const { api } = serveSubstation();
    const lookUp = (round: number, attempt: number, settled?: true) =>
      api.post('/requests/lookup').send({ request_id: 'r1', dispatch: { round, attempt }, settled });
    await lookUp(5, 0);
    expect((await lookUp(5, 2, true)).body).toEqual({ known: false, fence: { round: 5, attempt: 0 } });
    expect((await lookUp(9, 0)).body).toMatchObject({ fence: { round: 5, attempt: 2, settled: true } });
    // Too late.
    await lookUp(5, 3, true);
    expect((await lookUp(9, 1)).body).toEqual({ known: false, fence: { round: 9, attempt: 0 } });
    const late = await api
      .post('/charge')
      .send({ ...validCharge, request_id: 'r1', dispatch: { round: 5, attempt: 1 } });
    expect(late.status).toBe(409);
  });

  it('does not take a round as settled that it has not been asked in', async () => {
    const { api } = serveSubstation();
    const lookUp = (round: number, settled?: true) =>
      api.post('/requests/lookup').send({ request_id: 'r1', dispatch: { round, attempt: 0 }, settled });
    await lookUp(5);
    await lookUp(7, true);
    expect((await lookUp(9)).body).toEqual({ known: false, fence: { round: 5, attempt: 0 } });
  });

  it('returns 400 naming a missing field', async () => {
    const { api } = serveSubstation();
    const { status, body } = await api.post('/requests/lookup').send({ request_id: 'r1' });
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'dispatch' });
  });
});
