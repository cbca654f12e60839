import { afterEach, describe, expect, it } from 'vitest';
import { SeenRequests } from '../../charge_request_service/seen-requests.ts';
import {
  closeBalancers,
  outcomeUnknown,
  serveChargeService,
  startStubBalancer,
  urgentCharge,
} from '../support/charge-service.ts';

afterEach(closeBalancers);

describe('a request id', () => {
  it('is the Idempotency-Key, quoted or not, or the request_id in the body', async () => {
    const balancer = await startStubBalancer();
    const service = serveChargeService(balancer.url);
    await service.post('/charge').set('Idempotency-Key', 'k1').send(urgentCharge);
    await service.post('/charge').set('Idempotency-Key', '"k2"').send(urgentCharge);
    await service.post('/charge').send({ ...urgentCharge, request_id: 'k3' });
    expect(balancer.received.map(({ body }) => body.request_id)).toEqual(['k1', 'k2', 'k3']);
  });

  it('is bound to the credential that comes with it, by a hash', async () => {
    const balancer = await startStubBalancer();
    const service = serveChargeService(balancer.url);
    const charge = (key: string | undefined, token: string | undefined) => {
      const sent = service.post('/charge').send({ ...urgentCharge, credential: 'b'.repeat(64) });
      if (key !== undefined) sent.set('Idempotency-Key', key);
      if (token !== undefined) sent.set('Authorization', `Bearer ${token}`);
      return sent;
    };
    const sent: [string | undefined, string | undefined][] = [
      ['k1', 'alice'],
      ['k1', 'alice'],
      ['k1', 'bob'],
      ['k2', 'alice'],
      ['k3', undefined],
      [undefined, 'alice'],
    ];
    for (const [key, token] of sent) await charge(key, token);
    const [first, again, other, otherKey, none, unchosen] = balancer.received.map(
      ({ body }) => body.credential,
    );
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(again).toBe(first);
    expect(new Set([first, other, otherKey]).size).toBe(3);
    expect([none, unchosen]).toEqual([undefined, undefined]);
  });

  it('that belongs to another request gets 422', async () => {
    const conflict = { error: 'request_id: was used before for a different request', field: 'request_id' };
    const balancer = await startStubBalancer({ status: 409, body: conflict });
    const sent = serveChargeService(balancer.url)
      .post('/charge')
      .set('Idempotency-Key', 'k1')
      .send(urgentCharge);
    const { status, body } = await sent;
    expect({ status, body }).toMatchObject({
      status: 422,
      body: { ...conflict, status: 422, code: 'idempotency_key_reused' },
    });
  });

  it('is unseen in its first request and repeated from then on', async () => {
    const balancer = await startStubBalancer();
    const service = serveChargeService(balancer.url);
    for (let time = 0; time < 2; time += 1)
      await service.post('/charge').set('Idempotency-Key', 'k1').send(urgentCharge);
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual([
      'unseen',
      'repeated',
    ]);
  });

  it('is repeated if a charge service has generated it, even another one', async () => {
    const balancer = await startStubBalancer(outcomeUnknown);
    const { body } = await serveChargeService(balancer.url).post('/charge').send(urgentCharge);
    const first = balancer.received[0]?.body.request_id;
    expect(body.error).toBe('Outcome unknown');
    await serveChargeService(balancer.url)
      .post('/charge')
      .send({ ...urgentCharge, request_id: first });
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual(['new', 'repeated']);
  });

  it.each([
    [503, { error: 'Insufficient capacity', request_id: 'generated-1' }],
    [503, { error: 'Capacity unknown', request_id: 'generated-1' }],
    [422, { error: 'charge_amount: is larger than every substation', request_id: 'generated-1' }],
  ])('is unseen if a charge service named it in the definite rejection %d %j', async (status, body) => {
    const balancer = await startStubBalancer({ status, body });
    const rejected = await serveChargeService(balancer.url).post('/charge').send(urgentCharge);
    expect(rejected.body).toMatchObject({ error: body.error, request_id: '1' });
    await serveChargeService(balancer.url)
      .post('/charge')
      .send({ ...urgentCharge, request_id: rejected.body.request_id });
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual(['new', 'unseen']);
  });

  it.each([
    [503, { error: 'Insufficient capacity' }],
    [503, { error: 'Capacity unknown' }],
    [503, { error: 'Deadline exceeded' }],
    [422, { error: 'charge_amount: is larger than every substation' }],
  ])('is unseen again after the definite rejection %d %j', async (status, body) => {
    const balancer = await startStubBalancer({ status, body });
    const service = serveChargeService(balancer.url);
    for (let time = 0; time < 3; time += 1)
      await service.post('/charge').set('Idempotency-Key', 'k3').send(urgentCharge);
    expect(balancer.received.map(({ headers }) => headers['request-history'])).toEqual([
      'unseen',
      'unseen',
      'repeated',
    ]);
  });

  it.each([
    ['a session', { status: 409, body: { error: 'request_id: was used before' } }, 'repeated'],
    ['an internal error', { status: 500, body: { error: 'Internal server error' } }, 'repeated'],
    [
      'no message to a substation',
      { status: 504, body: { error: 'Outcome unknown', sent: false } },
      'unseen',
    ],
  ])('keeps the right history after %s', async (_, response, history) => {
    const balancer = await startStubBalancer(response);
    const service = serveChargeService(balancer.url, 250);
    for (let time = 0; time < 2; time += 1)
      await service.post('/charge').set('Idempotency-Key', 'k4').send(urgentCharge);
    expect(balancer.received.at(1)?.headers['request-history']).toBe(history);
  });

  it('is repeated while an earlier request with it is in flight', async () => {
    const seen = new SeenRequests(new Set());
    expect([seen.begin('k'), seen.begin('k')]).toEqual([false, true]);
    seen.end('k', 'nothing');
    expect(seen.begin('k')).toBe(true);
    seen.end('k', 'session');
    seen.end('k', 'nothing-sent');
    expect(seen.begin('k')).toBe(true);
  });

  it('is rejected if the header and the body differ', async () => {
    const balancer = await startStubBalancer();
    const service = serveChargeService(balancer.url);
    const { status, body } = await service
      .post('/charge')
      .set('Idempotency-Key', 'k1')
      .send({ ...urgentCharge, request_id: 'k2' });
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'request_id' });
    expect(balancer.received).toEqual([]);
  });

  it('is rejected if the header is not a valid id', async () => {
    const balancer = await startStubBalancer();
    const { status, body } = await serveChargeService(balancer.url)
      .post('/charge')
      .set('Idempotency-Key', 'two words')
      .send(urgentCharge);
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'Idempotency-Key' });
  });
});
