import { sendRaw } from '@gridclock/local-service';
import type { Express } from 'express';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpTransport } from '../../load_balancer/transport/http-transport.ts';
import { serveBalancer } from '../support/balancer.ts';
import {
  closeBalancers,
  createChargeService,
  type StubBalancer,
  startStubBalancer,
} from '../support/charge-service.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { serveSubstation } from '../support/substation-app.ts';

const parts = [
  '.',
  '..',
  '%2e',
  '%2E',
  '%2f',
  '%5c',
  '\\',
  '%00',
  '%0a',
  '%25',
  '%',
  '~',
  ';',
  '@',
  ':',
  'a',
];

/** One segment of a request's path, as a client may write it. */
const segment = fc
  .oneof(
    fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter(isWellFormed).map(encodeURIComponent),
  )
  .filter((text) => text !== '');

function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}

const settings = { numRuns: 100 };

const servers: HttpServer[] = [];

async function serve(app: Express): Promise<string> {
  const server = await startHttpServer(app);
  servers.push(server);
  return server.url;
}

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await closeBalancers();
});

describe('an id in a path', () => {
  const token = 'correct-horse';
  const routes: [service: string, method: string, prefix: string][] = [
    ['entry', 'GET', '/sessions/'],
    ['entry', 'DELETE', '/sessions/'],
    ['balancer', 'GET', '/sessions/'],
    ['balancer', 'DELETE', '/sessions/'],
    ['balancer', 'DELETE', '/substations/'],
    ['substation', 'GET', '/sessions/'],
    ['substation', 'DELETE', '/sessions/'],
  ];
  const urls: Record<string, string> = {};

  beforeAll(async () => {
    const { app } = await serveBalancer({ s1: 80 }, { adminToken: token });
    urls.balancer = await serve(app);
    urls.entry = await serve(createChargeService(urls.balancer));
    urls.substation = await serve(serveSubstation().app);
  });

  it.each(routes)('reaches no other route of the %s: %s %s', async (service, method, prefix) => {
    await fc.assert(
      fc.asyncProperty(segment, async (id) => {
        const headers = { authorization: `Bearer ${token}` };
        const { status, text } = await sendRaw(urls[service] ?? '', method, `${prefix}${id}`, headers);
        // No session and no such substation exists: any success would come from another route.
        expect({ id, status, text: status === 404 || status === 400 ? '' : text }).toEqual({
          id,
          status: expect.toBeOneOf([400, 404]),
          text: '',
        });
      }),
      settings,
    );
  });
});

describe('a forwarded id', () => {
  let downstream: StubBalancer;

  beforeAll(async () => {
    downstream = await startStubBalancer();
  });

  /** The ids in the paths that the next service has received since the last call. */
  const receivedIds = () =>
    downstream.received.splice(0).map(({ url = '' }) => {
      const [, id] = /^\/sessions\/([^/?#]+)$/.exec(url) ?? [];
      return id === undefined ? `outside: ${url}` : decodeURIComponent(id);
    });

  it('stays in its segment on the way from the entry to the balancer', async () => {
    const entry = await serve(createChargeService(downstream.url));
    await fc.assert(
      fc.asyncProperty(segment, async (id) => {
        await sendRaw(entry, 'GET', `/sessions/${id}`);
        for (const received of receivedIds()) expect(received).toBe(decodeURIComponent(id));
      }),
      settings,
    );
  });

  it('stays in its segment on the way from the balancer to a substation', async () => {
    const timeouts = { requestTimeoutMs: 5_000, pollTimeoutMs: 5_000, connectTimeoutMs: 5_000 };
    const { session, stopSession } = createHttpTransport(timeouts);
    const anyId = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('.', '..', '%2e', '../status'));
    await fc.assert(
      fc.asyncProperty(anyId, fc.constantFrom(session, stopSession), async (id, ask) => {
        await ask({ id: 's1', url: downstream.url }, id);
        for (const received of receivedIds()) expect(received).toBe(id);
      }),
      settings,
    );
  });
});
