import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const grid = 'smart-grid-load-balancer';

/** Every service, by its entry file. None of them needs another one for these requests. */
const entries: Record<string, { file: string; environment?: Record<string, string> }> = {
  node: { file: 'vector-clock-kv-store/src/node.ts', environment: { NODE_ID: 'node1' } },
  entry: {
    file: `${grid}/charge_request_service/main.ts`,
    environment: { LOAD_BALANCER_URL: 'http://127.0.0.1:9' },
  },
  balancer: { file: `${grid}/load_balancer/main.ts`, environment: { SUBSTATIONS: 's1=http://127.0.0.1:9' } },
  substation: { file: `${grid}/substation_service/main.ts`, environment: { SUBSTATION_ID: 's1' } },
  alert_receiver: { file: `${grid}/alert_receiver/main.ts` },
};

type Answer = { status: number; body: Record<string, unknown> };

const running: Record<string, LocalService> = {};
const lines: string[] = [];

/** The answers to requests whose headers do not arrive, sent to all services at once: each waits many seconds. */
const late = new Map<string, Promise<Answer>>();

beforeAll(async () => {
  await Promise.all(
    Object.entries(entries).map(async ([name, { file, environment = {} }]) => {
      const service = startLocalService({
        name,
        entryFile: fileURLToPath(new URL(`../../${file}`, import.meta.url)),
        port: await freePort(),
        environment: { LOG_LEVEL: 'debug', ALLOWED_HOSTS: 'grid.example.com', ...environment },
        onLine: (line) => lines.push(line),
      });
      running[name] = service;
      const isHealthy = async () => (await fetch(`${service.url}/health`)).status === 200;
      await vi.waitFor(isHealthy, { timeout: 50_000, interval: 50 });
      const answer = exchange(name, `GET / HTTP/1.1\r\n${host}X-A`);
      // Its test reports it.
      answer.catch(() => {});
      late.set(name, answer);
    }),
  );
});

afterAll(() => Promise.all(Object.values(running).map((service) => service.stop())));

/** Sends bytes and returns all that comes back until the connection ends. */
function exchange(name: string, bytes: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(running[name]?.port ?? 0, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n');
      resolve({ status: Number(head.split(' ')[1]), body: JSON.parse(body) });
    });
    socket.write(bytes, 'latin1');
  });
}

const host = 'Host: localhost\r\n';
const close = 'Connection: close\r\n';

describe.each(Object.keys(entries))('the %s', (name) => {
  it.each([
    ['bytes that are not HTTP', 'hello\r\n\r\n', 400, 'malformed_http'],
    [
      'two lengths',
      `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
      400,
      'malformed_http',
    ],
    ['no Host', `GET /health HTTP/1.1\r\n${close}\r\n`, 400, 'invalid_host'],
    ['two Hosts', `GET /health HTTP/1.1\r\n${host}Host: other\r\n${close}\r\n`, 400, 'invalid_host'],
    [
      'an unknown Host',
      `GET /health HTTP/1.1\r\nHost: attacker.example\r\n${close}\r\n`,
      421,
      'unknown_host',
    ],
    [
      'large headers',
      `GET / HTTP/1.1\r\n${host}X-A: ${'a'.repeat(200_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    ['a large URL', `GET /${'a'.repeat(125_000)} HTTP/1.1\r\n${host}${close}\r\n`, 414, 'uri_too_long'],
    ['CONNECT', `CONNECT localhost:80 HTTP/1.1\r\n${host}\r\n`, 405, 'method_not_allowed'],
  ])('answers %s in JSON, with an id that is in its log', async (_what, bytes, status, code) => {
    const response = await exchange(name, bytes);
    expect({ status: response.status, code: response.body.code }).toEqual({ status, code });
    const id = String(response.body.request_id);
    await expect.poll(() => lines.some((line) => line.includes(id))).toBe(true);
  });

  it('answers a request whose headers do not arrive with 408', async () => {
    const answer = await late.get(name);
    expect({ status: answer?.status, code: answer?.body.code }).toEqual({
      status: 408,
      code: 'request_timeout',
    });
    // Node.js looks for late requests every few seconds.
  }, 120_000);

  it('serves the names in ALLOWED_HOSTS', async () => {
    const bytes = `GET /health HTTP/1.1\r\nHost: grid.example.com\r\n${close}\r\n`;
    expect((await exchange(name, bytes)).status).toBe(200);
  });
});
