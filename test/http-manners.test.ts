import { VERSION } from '@gridclock/service-kit';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeAllServices, type Service, serveAllServices } from './support/all-services.ts';

let services: Record<string, Service> = {};
beforeAll(async () => {
  services = await serveAllServices();
});
afterAll(closeAllServices);

/** Words that only libraries use for what clients do wrong. */
const libraryWords =
  /invalid input|expected|zod|unexpected token|express|body-parser|undici|axios|lmdb|<html|<!doctype/i;

function expectProblem(response: request.Response, status: number, code: string): void {
  expect({ status: response.status, code: response.body.code }).toEqual({ status, code });
  expect(response.type).toBe('application/json');
  expect(response.text).not.toMatch(libraryWords);
  expect(response.body).toMatchObject({
    error: expect.any(String),
    type: `urn:problem-type:gridclock:${code}`,
    title: expect.any(String),
    detail: expect.any(String),
    request_id: response.headers['x-request-id'],
  });
}

const names = ['node', 'entry', 'balancer', 'substation', 'alert_receiver'];

describe.each(names)('the %s', (name) => {
  const service = (): Service => {
    const found = services[name];
    if (found === undefined) throw new Error(`no service ${name}`);
    return found;
  };
  const post = (path = service().change.path) => request(service().app).post(path);

  it('states its release', async () => {
    const index = await request(service().app).get('/').accept('json');
    expect(index.body).toMatchObject({ version: VERSION });
  });

  it('serves a well-formed request without any header', async () => {
    const { app, change } = service();
    expect((await post().send(change.body)).status).toBe(200);
    expect((await request(app).get(service().read.path)).status).toBe(200);
  });

  it('responds 404 to an unknown path, also before it reads a body', async () => {
    expectProblem(await request(service().app).get('/nowhere'), 404, 'not_found');
    expectProblem(await post('/nowhere').type('json').send('{'), 404, 'not_found');
  });

  it('responds 405 with Allow to a method that the path does not have', async () => {
    const { app, change, read } = service();
    const [path = ''] = read.path.split('?');
    const wrong = await request(app).patch(path);
    expectProblem(wrong, 405, 'method_not_allowed');
    expect(wrong.headers.allow).toBe(read.allow);
    const withBody = await request(app).delete(change.path).type('text/plain').send('x');
    expectProblem(withBody, 405, 'method_not_allowed');
    expect(withBody.headers.allow).toBe(change.allow);
    expect((await request(app).post('/health')).headers.allow).toBe('GET, HEAD, OPTIONS');
  });

  it('responds 204 with Allow to OPTIONS, and grants nothing to other origins', async () => {
    const { app, change } = service();
    const { status, headers, text } = await request(app)
      .options(change.path)
      .set('origin', 'https://attacker.example')
      .set('access-control-request-method', 'POST');
    expect({ status, allow: headers.allow, text }).toEqual({ status: 204, allow: change.allow, text: '' });
    expect(Object.keys(headers).filter((header) => header.startsWith('access-control'))).toEqual([]);
    expectProblem(await request(app).options('/nowhere'), 404, 'not_found');
  });

  it('responds to HEAD as to GET, without a body', async () => {
    const { app, read } = service();
    for (const path of ['/health', '/ready', '/metrics', read.path]) {
      const [head, get] = [await request(app).head(path), await request(app).get(path)];
      expect({ path, status: head.status, type: head.type, text: head.text ?? '' }).toEqual({
        path,
        status: get.status,
        type: get.type,
        text: '',
      });
    }
    expect((await request(app).head('/nowhere')).status).toBe(404);
  });

  it.each(['text/html', 'image/*', 'application/json;q=0', 'text/html;q=0.5, text/plain'])(
    'responds 406 to a client that accepts only %s',
    async (accept) => {
      expectProblem(await post().set('accept', accept).send(service().change.body), 406, 'not_acceptable');
    },
  );

  it.each(['*/*', 'application/*', 'text/html, */*;q=0.1', 'application/problem+json', '', 'nonsense'])(
    'serves a client that accepts %j',
    async (accept) => {
      expect((await post().set('accept', accept).send(service().change.body)).status).toBe(200);
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'nonsense'])(
    'responds 415 to a body sent as %s',
    async (type) => {
      const response = await post().set('content-type', type).send(JSON.stringify(service().change.body));
      expectProblem(response, 415, 'unsupported_media_type');
      expect(response.headers.accept).toBe('application/json');
    },
  );

  it('responds 415 to an unknown charset or content encoding', async () => {
    const body = JSON.stringify(service().change.body);
    const odd = await post().set('content-type', 'application/json; charset=klingon').send(body);
    expectProblem(odd, 415, 'unsupported_media_type');
    const packed = await post().type('json').set('content-encoding', 'compress').send(body);
    expectProblem(packed, 415, 'unsupported_media_type');
  });

  it('responds 400 to what is not JSON, and to a gzip body that is none', async () => {
    for (const body of ['{', '"text"', '{"a":1}{', 'null'])
      expectProblem(await post().type('json').send(body), 400, 'invalid_request');
    const broken = await post().type('json').set('content-encoding', 'gzip').send('{}');
    expectProblem(broken, 400, 'invalid_request');
  });

  it('responds 413 to a body that is too large', async () => {
    expectProblem(await post().send({ text: 'x'.repeat(3_000_000) }), 413, 'content_too_large');
  });

  it('responds 414 to a URL that is too long', async () => {
    const response = await request(service().app).get(`/${'x'.repeat(name === 'node' ? 125_000 : 9_000)}`);
    expectProblem(response, 414, 'uri_too_long');
  });

  it.each(['attacker.example', 'attacker.example:8000', '127.0.0.1.nip.io', 'localhost.attacker.example'])(
    'responds 421 to the host %s',
    async (host) => {
      const { app, read } = service();
      for (const path of [read.path, '/metrics', '/health'])
        expectProblem(await request(app).get(path).set('host', host), 421, 'unknown_host');
    },
  );

  it.each([
    'localhost:5001',
    '127.0.0.1',
    '192.0.2.7:8000',
    '[::1]:8000',
    'load_balancer:8080',
    'tasks.load_balancer',
    'store-0.store-peers:5000',
    'node1.gridclock.svc.cluster.local.',
  ])('serves the host %s', async (host) => {
    expect((await request(service().app).get(service().read.path).set('host', host)).status).toBe(200);
  });

  it.each(['a b', 'user@localhost', 'localhost:port', '[::1', 'a..b', `${'a'.repeat(64)}.example`])(
    'responds 400 to the host %j',
    async (host) => {
      expectProblem(await request(service().app).get('/health').set('host', host), 400, 'invalid_host');
    },
  );

  it('refuses a change that a page of another origin sends, and serves its reads', async () => {
    const { app, change, read } = service();
    const forged: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'http://localhost' },
      { origin: 'https://attacker.example' },
      { origin: 'null' },
    ];
    for (const headers of forged) {
      expectProblem(await post().set(headers).send(change.body), 403, 'cross_origin');
      expect((await request(app).get(read.path).set(headers)).status).toBe(200);
    }
  });

  it('serves a change that a page of the same origin sends', async () => {
    const own: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      { host: 'localhost:8000', origin: 'https://localhost:8000' },
    ];
    for (const headers of own)
      expect((await post().set(headers).send(service().change.body)).status).toBe(200);
  });
});

describe('the entry', () => {
  it('serves POST /request_charge without a body, whatever type the client names', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain']) {
      const response = await request(services.entry?.app ?? '')
        .post('/request_charge')
        .set('content-type', type)
        .set('content-length', '0');
      expect(response.status).toBe(200);
    }
  });
});
