import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { HttpError } from '../../src/problems/errors.ts';
import { problemBody } from '../../src/problems/problem.ts';
import { problemCodes } from '../../src/problems/problem-codes.ts';
import { createServiceApp } from '../../src/requests/app.ts';
import { createRegistry } from '../../src/requests/metrics.ts';
import { createRouter } from '../../src/requests/router.ts';

function appWithLog() {
  const lines: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  const routes = createRouter();
  routes.get('/bug', () => {
    throw new Error('a fault');
  });
  routes.get('/full', () => {
    throw new HttpError(503, 'Insufficient capacity', { request_id: 'charge-1' });
  });
  routes.get('/page', (_request, response) => {
    response.status(502).json('<html>Bad gateway</html>');
  });
  const app = createServiceApp({
    service: 'example',
    logger: pino({ level: 'debug' }, sink),
    registry: createRegistry(),
    routes,
  });
  return { app, lines };
}

describe('a problem', () => {
  it('has the fields of RFC 9457 beside its own', () => {
    expect(problemBody(503, { error: 'Insufficient capacity', available_capacity: 3 }, 'r-1')).toEqual({
      error: 'Insufficient capacity',
      available_capacity: 3,
      type: 'urn:problem-type:gridclock:insufficient_capacity',
      title: 'Insufficient capacity',
      status: 503,
      detail: 'Insufficient capacity',
      code: 'insufficient_capacity',
      request_id: 'r-1',
    });
  });

  it('keeps its own fields where they have the name of a standard one', () => {
    const own = {
      error: 'This node is starting',
      status: 'starting',
      detail: 'Wait.',
      request_id: 'charge-1',
    };
    expect(problemBody(503, own, 'r-1')).toMatchObject(own);
  });

  it('has the status that is sent, also where it relays another one', () => {
    expect(problemBody(422, { error: 'Odd', status: 409 }, 'r-1')).toMatchObject({ status: 422 });
  });

  it('keeps a code that this release does not know', () => {
    expect(problemBody(503, { error: 'Odd', code: 'later' }, 'r-1')).toMatchObject({
      type: 'urn:problem-type:gridclock:later',
      title: 'Unavailable',
      code: 'later',
    });
  });

  it('has a code for every status', () => {
    expect(problemBody(418, {}, 'r')).toMatchObject({ code: 'invalid_request', error: 'Invalid request' });
    expect(problemBody(507, {}, 'r')).toMatchObject({ code: 'internal_error' });
    expect(problemBody(502, {}, 'r')).toMatchObject({ code: 'bad_gateway' });
    expect(problemBody(504, undefined, 'r')).toMatchObject({ code: 'upstream_timeout' });
  });

  it('never is a page that a proxy sent', async () => {
    const { body } = await request(appWithLog().app).get('/page');
    expect(body).toMatchObject({ error: 'Bad gateway', status: 502 });
  });
});

describe('the document on errors', () => {
  it('lists every code with its usual status', () => {
    const text = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(/^\| `([a-z_]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    expect(Object.fromEntries(documented)).toEqual(
      Object.fromEntries(Object.entries(problemCodes).map(([code, { status }]) => [code, status])),
    );
    expect(documented).toHaveLength(Object.keys(problemCodes).length);
  });
});

describe('the content type of a problem', () => {
  it('is application/problem+json only for a client that accepts it', async () => {
    const { app } = appWithLog();
    expect((await request(app).get('/nowhere')).type).toBe('application/json');
    const asked = await request(app).get('/nowhere').set('accept', 'application/problem+json');
    expect({ type: asked.type, code: asked.body.code }).toEqual({
      type: 'application/problem+json',
      code: 'not_found',
    });
  });
});

describe('a request id', () => {
  it("is the caller's, in the header, the error and the log", async () => {
    const { app, lines } = appWithLog();
    const { body, headers } = await request(app).get('/bug').set('x-request-id', 'caller-1');
    expect({ id: body.request_id, header: headers['x-request-id'] }).toEqual({
      id: 'caller-1',
      header: 'caller-1',
    });
    expect(lines).toMatchObject([
      { msg: 'request failed', request_id: 'caller-1' },
      { msg: 'request', status: 500, request_id: 'caller-1' },
    ]);
  });

  it.each(['', 'a b', 'x'.repeat(129), 'a\tb', 'é', '"'])('is new if the caller sends %j', async (id) => {
    const { headers } = await request(appWithLog().app).get('/health').set('x-request-id', encodeLatin1(id));
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is logged beside a charge's, which the error names", async () => {
    const { app, lines } = appWithLog();
    const { body } = await request(app).get('/full').set('x-request-id', 'http-1');
    expect(body.request_id).toBe('charge-1');
    expect(lines.find(({ msg }) => msg === 'request rejected')).toMatchObject({ http_request_id: 'http-1' });
    expect(lines.find(({ msg }) => msg === 'request')).toMatchObject({
      request_id: 'charge-1',
      http_request_id: 'http-1',
    });
  });
});

function encodeLatin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
