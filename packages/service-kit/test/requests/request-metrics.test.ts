import { connect } from 'node:net';
import request from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import { listen } from '../../src/process/lifecycle.ts';
import { createLogger } from '../../src/process/logger.ts';
import { createServiceApp } from '../../src/requests/app.ts';
import { createRegistry } from '../../src/requests/metrics.ts';
import { createRouter } from '../../src/requests/router.ts';

let slow: ReturnType<typeof createSlowRequest>;

beforeEach(() => {
  slow = createSlowRequest();
});

/** A request that is answered when the test releases it. */
function createSlowRequest() {
  let arrive = () => {};
  let release = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { arrive, arrived, release, released };
}

function exampleApp() {
  const routes = createRouter();
  routes.get('/things/:id', (_incoming, response) => {
    response.json({});
  });
  routes.get('/slow', async (_incoming, response) => {
    slow.arrive();
    await slow.released;
    response.json({});
  });
  routes.get('/stream', (_incoming, response) => {
    response.write('first');
  });
  return createServiceApp({
    service: 'example',
    logger: createLogger('example', 'silent'),
    registry: createRegistry(),
    routes,
  });
}

describe('the metrics of a service app', () => {
  it('measures requests by route pattern, not by path', async () => {
    const app = exampleApp();
    await request(app).get('/things/one');
    await request(app).get('/things/two');
    await request(app).get('/nowhere');
    const { text, headers } = await request(app).get('/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/things/:id",status="200"} 2',
    );
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 1',
    );
    expect(text).not.toMatch(/"[^"]*(one|nowhere)"/);
  });

  it('counts a request whose client leaves before the response as 499, once', async () => {
    const app = exampleApp();
    const server = await listen(app, 0, '127.0.0.1');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const url = `http://127.0.0.1:${address.port}`;
    const client = new AbortController();
    const slowResponse = fetch(`${url}/slow`, client).catch(() => 'left');
    await Promise.all([slow.arrived, fetch(`${url}/stream`, client)]);
    client.abort();
    expect(await slowResponse).toBe('left');
    const counts = async () =>
      (await request(app).get('/metrics')).text.match(/seconds_count\{.*route="\/s.*/g)?.sort() ?? [];
    await expect.poll(counts).toHaveLength(2);
    slow.release();
    await slow.released;
    expect(await counts()).toEqual([
      'seconds_count{method="GET",route="/slow",status="499"} 1',
      'seconds_count{method="GET",route="/stream",status="200"} 1',
    ]);
    server.close();
  });

  it('counts pipelined requests whose client leaves as 499 too', async () => {
    const app = exampleApp();
    const server = await listen(app, 0, '127.0.0.1');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const client = connect(address.port, '127.0.0.1');
    const requests = ['/slow', '/things/one', '/nowhere'].map(
      (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    client.write(requests.join(''));
    await slow.arrived;
    client.destroy();
    const counts = async () =>
      (await request(app).get('/metrics')).text.match(/seconds_count\{.*status="499".*/g)?.sort() ?? [];
    await expect
      .poll(counts)
      .toEqual([
        'seconds_count{method="GET",route="/slow",status="499"} 1',
        'seconds_count{method="GET",route="/things/:id",status="499"} 1',
        'seconds_count{method="GET",route="unmatched",status="499"} 1',
      ]);
    slow.release();
    server.close();
  });

  it('responds to GET /metrics?name[]= with the named metrics only', async () => {
    const app = exampleApp();
    const named = await request(app)
      .get('/metrics')
      .query('name[]=process_start_time_seconds&name[]=unknown_metric');
    expect(named.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(named.text.trim().split('\n')).toEqual([
      expect.stringMatching(/^# HELP process_start_time_seconds /),
      '# TYPE process_start_time_seconds gauge',
      expect.stringMatching(/^process_start_time_seconds \d+$/),
    ]);
    expect((await request(app).get('/metrics').query('name[]=unknown_metric')).text).toBe('');
  });

  it.each(['__proto__', 'constructor', 'toString'])('knows no metric %s', async (name) => {
    const named = request(exampleApp()).get('/metrics').query({ 'name[]': name });
    expect((await named.expect(200)).text).toBe('');
  });

  it('exposes no gauge with the counter suffix _total', async () => {
    const { text } = await request(exampleApp()).get('/metrics');
    expect(text).not.toMatch(/# TYPE \w+_total gauge/);
  });
});
