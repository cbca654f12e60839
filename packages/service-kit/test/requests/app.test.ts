import { Writable } from 'node:stream';
import { pino } from 'pino';
import request from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { validate } from '../../src/input/validate.ts';
import { BadRequestError, HttpError } from '../../src/problems/errors.ts';
import { createServiceApp } from '../../src/requests/app.ts';
import { createRegistry } from '../../src/requests/metrics.ts';
import { createRouter } from '../../src/requests/router.ts';

let logged: string[];
let reason: string | undefined;

beforeEach(() => {
  logged = [];
  reason = undefined;
});

function exampleApp(level = 'info') {
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString());
      done();
    },
  });
  const routes = createRouter();
  routes.post('/echo', (incoming, response) => {
    response.json(validate(z.object({ name: z.string() }), incoming.body, 'body'));
  });
  routes.get('/things/:id', (_incoming, response) => {
    response.json({});
  });
  routes.get('/full', () => {
    throw new HttpError(503, 'Full', { room: 0 }, { 'Retry-After': '1' });
  });
  routes.get('/wrong', () => {
    throw new BadRequestError('name', 'is wrong');
  });
  routes.get('/bug', async () => {
    throw new Error('the password is swordfish');
  });
  return createServiceApp({
    service: 'example',
    logger: pino({ level }, sink),
    registry: createRegistry(),
    routes,
    bodyLimitBytes: 1_000,
    notReady: () => reason,
  });
}

describe('a service app', () => {
  it('is healthy from the start, and ready once it has no reason not to be', async () => {
    const app = exampleApp();
    reason = 'still warming up';
    expect((await request(app).get('/health')).body).toMatchObject({ status: 'healthy', service: 'example' });
    const cold = await request(app).get('/ready');
    expect(cold.status).toBe(503);
    expect(cold.body.reason).toBe('still warming up');
    reason = undefined;
    expect((await request(app).get('/ready')).status).toBe(200);
  });

  it.each(['/Health', '/health/', '//health', '/READY', '/metrics/', '/Wrong', '/wrong/', '/wrong//'])(
    'matches paths exactly: %s is not found',
    async (path) => {
      expect((await request(exampleApp()).get(path)).status).toBe(404);
    },
  );

  it('sends headers that forbid sniffing, rendering and framing', async () => {
    for (const path of ['/health', '/nowhere', '/bug']) {
      const { headers } = await request(exampleApp()).get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
      });
      // For pages only.
      expect(headers).not.toHaveProperty('referrer-policy');
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });
});

describe('an error response', () => {
  it('is a JSON 404 for an unknown route', async () => {
    const { status, body } = await request(exampleApp()).get('/nowhere');
    expect({ status, body }).toEqual({
      status: 404,
      body: {
        error: 'Not found',
        method: 'GET',
        path: '/nowhere',
        type: 'urn:problem-type:gridclock:not_found',
        title: 'Not found',
        status: 404,
        detail: 'Not found',
        code: 'not_found',
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
  });

  it.each([
    ['{"name":', 'application/json', 400, 'body'],
    ['"name"', 'application/json', 400, 'body'],
    ['{"name":1}', 'application/json', 400, 'name'],
    ['{}', 'application/json', 400, 'name'],
    [JSON.stringify({ name: 'n'.repeat(1_000) }), 'application/json', 413, 'body'],
    ['{"name":"a"}', 'application/json; charset=klingon', 415, 'body'],
    ['name=a', 'application/x-www-form-urlencoded', 415, 'body'],
  ])('names the field for %s sent as %s', async (body, type, status, field) => {
    const response = await request(exampleApp()).post('/echo').set('content-type', type).send(body);
    expect({ status: response.status, field: response.body.field }).toEqual({ status, field });
    expect(logged).toEqual([]);
  });

  it('names the field for a wrong content encoding and an invalid path', async () => {
    const app = exampleApp();
    const body = request(app).post('/echo').set('content-encoding', 'gzip').type('json').send('{"name":"a"}');
    expect(await body).toMatchObject({ status: 400, body: { field: 'body' } });
    expect(await request(app).get('/things/%zz')).toMatchObject({ status: 400, body: { field: 'path' } });
    expect(logged).toEqual([]);
  });

  it('names the content type to send', async () => {
    const { body } = await request(exampleApp()).post('/echo').type('text/plain').send('{"name":"a"}');
    expect(body.error).toBe('body: must be a JSON object, sent as application/json');
  });

  it('has the status, body and headers of an HttpError', async () => {
    const { status, body, headers } = await request(exampleApp()).get('/full');
    expect({ status, body }).toMatchObject({
      status: 503,
      body: { error: 'Full', room: 0, status: 503, title: 'Unavailable', code: 'unavailable' },
    });
    expect(headers['retry-after']).toBe('1');
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: pino.levels.values.info, msg: 'request rejected', reason: 'Full', status: 503 },
    ]);
    expect(logged.join()).not.toContain('stack');
    expect((await request(exampleApp()).get('/wrong')).body).toMatchObject({
      error: 'name: is wrong',
      field: 'name',
      detail: 'name: is wrong',
      code: 'invalid_request',
    });
  });

  it('is not logged above debug when it is an ordinary response', async () => {
    const app = exampleApp('debug');
    await request(app).post('/echo').send({ name: 'a' });
    await request(app).get('/health');
    await request(app).get('/nowhere?token=swordfish');
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'request', method: 'POST', path: '/echo', status: 200, duration_ms: expect.any(Number) },
      { msg: 'request', method: 'GET', path: '/nowhere', status: 404 },
    ]);
    expect(logged.join()).not.toContain('swordfish');
  });

  it('hides an unexpected error, which is logged', async () => {
    const { status, body } = await request(exampleApp()).get('/bug');
    expect({ status, body }).toMatchObject({
      status: 500,
      body: { error: 'Internal server error', code: 'internal_error' },
    });
    expect(JSON.stringify(body)).not.toContain('swordfish');
    expect(logged.join()).toContain('the password is swordfish');
  });
});
