import type { Server } from 'node:http';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listenerOf } from '../../src/hot/hot-listener.ts';
import { UnavailableError } from '../../src/problems/errors.ts';
import { listen } from '../../src/process/lifecycle.ts';
import { createLogger } from '../../src/process/logger.ts';
import { createServiceApp } from '../../src/requests/app.ts';
import { createRegistry } from '../../src/requests/metrics.ts';
import { createRouter } from '../../src/requests/router.ts';
import { sendRaw } from '../support/send-raw.ts';

let server: Server;
let port: number;
let refusesBodies: boolean;
let release: () => void;

beforeEach(async () => {
  refusesBodies = false;
  const routes = createRouter();
  routes.post('/things', (request, response) => {
    response.json({ by: 'app', body: request.body });
  });
  routes.get('/things', (_request, response) => {
    response.json({ by: 'app' });
  });
  const app = createServiceApp({
    service: 'example',
    logger: createLogger('example', 'silent'),
    registry: createRegistry(),
    routes,
    admitBody(_request, _response, next) {
      if (refusesBodies) throw new UnavailableError('no room for the body');
      next();
    },
    hotRoutes: [
      {
        method: 'POST',
        path: '/things',
        serve({ body }) {
          if (typeof body !== 'object' || body === null || !('name' in body)) return undefined;
          if (body.name === 'held')
            return new Promise<void>((resolve) => {
              release = resolve;
            }).then(() => ({ status: 200, text: '{}' }));
          if (body.name === 'invalid') throw new Error('left to the app');
          if (body.name === 'late')
            return setTimeout(5).then(() => {
              throw new UnavailableError('too late', { code: 'not_serving' });
            });
          return { status: 200, text: JSON.stringify({ by: 'hot', body }) };
        },
      },
      {
        method: 'GET',
        path: '/things',
        serve: ({ query }) => ({ status: 200, text: `{"by":"hot","query":"${query}"}` }),
      },
    ],
  });
  const handle = listenerOf(app);
  server = await listen(handle, 0, '127.0.0.1');
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  await post({ name: 'first' });
  await get('');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const url = (path: string) => `http://127.0.0.1:${port}${path}`;
const get = async (query: string, headers: Record<string, string> = {}) => {
  const response = await raw(`GET /things${query} HTTP/1.1`, headers, '');
  return response;
};
const post = (body: unknown, headers: Record<string, string> = {}) =>
  raw('POST /things HTTP/1.1', { 'Content-Type': 'application/json', ...headers }, JSON.stringify(body));

const raw = (line: string, headers: Record<string, string>, body: string) =>
  sendRaw(port, line, headers, body);

describe('a hot route', () => {
  it('serves a request once the app has let one with the same headers pass', async () => {
    const { body, headers, status } = await post({ name: 'second' });
    expect({ status, body }).toEqual({ status: 200, body: { by: 'hot', body: { name: 'second' } } });
    expect((await post({ name: 'x' }, { Accept: 'application/json' })).body).toMatchObject({ by: 'app' });
    expect((await post({ name: 'x' }, { Accept: 'application/json' })).body).toMatchObject({ by: 'hot' });
    const byApp = await post({ name: 'x' }, { Authorization: 'Basic x' });
    expect([...headers.keys()].sort()).toEqual([...byApp.headers.keys()].sort());
    for (const [name, value] of byApp.headers)
      if (!/^(x-request-id|date|content-length)$/.test(name)) expect(headers.get(name)).toBe(value);
  });

  it('gets no request that the app would refuse', async () => {
    expect((await post({ name: 'x' }, { Host: 'rebound.example.com' })).status).toBe(421);
    expect((await post({ name: 'x' }, { Origin: 'http://elsewhere.example.com' })).status).toBe(403);
    expect((await post({ name: 'x' }, { Accept: 'text/html' })).status).toBe(406);
    expect((await post({ name: 'x' }, { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect(
      (await raw('POST /things HTTP/1.1', { 'Content-Type': 'application/json' }, '{"name":"a","name":"b"}'))
        .status,
    ).toBe(400);
    expect((await post({ name: 'x' }, { Host: `127.0.0.1:${port}\r\nHost: 127.0.0.1:${port}` })).status).toBe(
      400,
    );
  });

  it.each([
    ['no name', { other: [1] }],
    ['what the route refuses', { name: 'invalid' }],
    ['a large body', { name: 'x'.repeat(9_000) }],
  ])('leaves the whole request to the app for %s', async (_case, body) => {
    expect((await post(body)).body).toEqual({ by: 'app', body });
  });

  it('leaves a number that is not exact to the app', async () => {
    const response = await raw(
      'POST /things HTTP/1.1',
      { 'Content-Type': 'application/json' },
      '{"name":12345678901234567890}',
    );
    expect(response.body).toMatchObject({ by: 'app' });
  });

  it('leaves requests with unknown or conditional headers to the app', async () => {
    expect((await get('', { 'If-None-Match': '*' })).status).toBe(304);
    expect((await get('', { 'X-Other': '1' })).body).toEqual({ by: 'app' });
    expect((await get('?key=1')).body).toEqual({ by: 'hot', query: 'key=1' });
    expect((await raw('HEAD /things HTTP/1.1', {}, '')).body).toBeUndefined();
  });

  it("returns the caller's request id, and the error of the app", async () => {
    const { body, headers, status } = await post({ name: 'late' }, { 'x-request-id': 'abc-1' });
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'too late', code: 'not_serving', request_id: 'abc-1' });
    expect(headers.get('x-request-id')).toBe('abc-1');
    expect((await post({ name: 'x' }, { 'x-request-id': 'abc-2' })).headers.get('x-request-id')).toBe(
      'abc-2',
    );
  });

  it('leaves a body that arrives later to the app', async () => {
    const socket = connect(port, '127.0.0.1');
    const body = JSON.stringify({ name: 'slow' });
    socket.write(
      `POST /things HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    await setTimeout(20);
    socket.write(body.slice(5));
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toContain('{"by":"app","body":{"name":"slow"}}');
  });

  it('says how a request failed also when the app would refuse it by now', async () => {
    refusesBodies = true;
    expect((await post({ name: 'late' })).body).toMatchObject({ error: 'too late' });
    expect((await post({ name: 'invalid' })).body).toMatchObject({ error: 'no room for the body' });
  });

  it('measures a request that failed after its client had left under its route', async () => {
    const socket = connect(port, '127.0.0.1');
    const body = JSON.stringify({ name: 'late' });
    socket.write(
      `POST /things HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      () => socket.destroy(),
    );
    await vi.waitFor(async () => {
      expect(await (await fetch(url('/metrics'))).text()).toContain(
        'http_request_duration_seconds_count{method="POST",route="/things",status="499"} 1',
      );
    });
  });

  it('counts a response as never sent if its client leaves while another one is before it', async () => {
    const socket = connect(port, '127.0.0.1');
    const body = JSON.stringify({ name: 'held' });
    const head = `HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
    socket.write(
      `POST /things ${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}GET /things ${head}\r\n`,
      () => socket.destroy(),
    );
    await vi.waitFor(async () => {
      expect(await (await fetch(url('/metrics'))).text()).toContain(
        'http_request_duration_seconds_count{method="GET",route="/things",status="499"} 1',
      );
    });
    release();
    expect((await get('')).body).toMatchObject({ by: 'hot' });
  });

  it('requires a Host also once a host has passed that is called undefined', async () => {
    expect((await get('', { Host: 'undefined' })).status).toBe(200);
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /things HTTP/1.1\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1.1 400/);
  });

  it('measures requests as the app does', async () => {
    await post({ name: 'late' });
    const text = await (await fetch(url('/metrics'))).text();
    expect(text).toContain(
      'http_request_duration_seconds_count{method="POST",route="/things",status="200"} 1',
    );
    expect(text).toContain(
      'http_request_duration_seconds_bucket{le="0.0025",method="POST",route="/things",status="503"} 0',
    );
    expect(text).toContain(
      'http_request_duration_seconds_count{method="POST",route="/things",status="503"} 1',
    );
  });

  it('serves many requests of one connection in order', async () => {
    const socket = connect(port, '127.0.0.1');
    const one = (name: string, index: number) => {
      const body = JSON.stringify({ name });
      return `POST /things HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n${index === 3 ? 'Connection: close\r\n' : ''}Content-Length: ${body.length}\r\n\r\n${body}`;
    };
    socket.write(['a', 'invalid', 'late', 'b'].map(one).join(''));
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect([...text.matchAll(/"by":"(\w+)"|too late/g)].map(([found]) => found)).toEqual([
      '"by":"hot"',
      '"by":"app"',
      'too late',
      'too late',
      '"by":"hot"',
    ]);
  });
});
