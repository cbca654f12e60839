import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpTransport } from '../../../load_balancer/transport/http-transport.ts';
import { SubstationDownError } from '../../../load_balancer/transport/transport.ts';
import { type HttpServer, startHttpServer } from '../../support/http-server.ts';

const servers: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Starts a substation with the given request handler. */
async function startMember(handler: RequestListener) {
  const server = await startHttpServer(handler);
  servers.push(server);
  return { id: 's1', url: server.url };
}

const responding = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  startMember((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  });

/** Returns an address where nothing listens. */
async function downMember() {
  const member = await startMember(() => {});
  await servers.pop()?.close();
  return member;
}

const transport = createHttpTransport({
  requestTimeoutMs: 5_000,
  pollTimeoutMs: 5_000,
  connectTimeoutMs: 5_000,
});

const charge = {
  vehicle_id: 'EV_1',
  charge_amount: 22,
  priority: 'normal',
  request_id: 'r1',
  dispatch: { round: 1, attempt: 0 },
} as const;

const accepted = {
  status: 'accepted',
  session_id: 's1~1',
  substation_id: 's1',
  vehicle_id: 'EV_1',
  charge_amount: 22,
  estimated_duration: 10,
  start_time: '2026-01-01T00:00:00.000Z',
  current_load: 22,
  max_capacity: 100,
};
const full = { error: 'Insufficient capacity', current_load: 90, max_capacity: 100, available_capacity: 10 };

describe('a response to a charge message', () => {
  it('is a definite no from an overloaded substation', async () => {
    const member = await responding(503, { error: 'Overloaded', code: 'overloaded' });
    expect(await transport.charge(member, charge, 5_000)).toEqual({ kind: 'overloaded' });
  });

  it.each([
    ['accepted', 200, accepted, { kind: 'accepted', acceptance: accepted, replayed: false }],
    ['full', 503, full, { kind: 'full', refusal: full }],
    ['draining', 503, { error: 'Draining' }, { kind: 'draining' }],
    ['expired', 503, { error: 'Deadline exceeded' }, { kind: 'expired' }],
    ['superseded', 409, { error: 'Superseded' }, { kind: 'superseded' }],
    ['invalid', 400, { field: 'x' }, { kind: 'invalid', status: 400, body: { field: 'x' } }],
    ['unreachable: no such route', 404, {}, { kind: 'unreachable', reason: 'HTTP 404' }],
    ['ambiguous: a failure after it was sent', 500, {}, { kind: 'ambiguous', reason: 'HTTP 500' }],
    ['ambiguous: another 503', 503, { error: 'busy' }, { kind: 'ambiguous', reason: 'HTTP 503' }],
    ['ambiguous: a 200 without an acceptance', 200, {}, { kind: 'ambiguous', reason: 'HTTP 200' }],
  ])('is read as %s', async (_meaning, status, body, reply) => {
    expect(await transport.charge(await responding(status, body), charge, 5_000)).toEqual(reply);
  });

  it('names the age of a reused connection that got no response', async () => {
    const silent = new Set<unknown>();
    const member = await startMember(({ socket }, response) => {
      if (silent.has(socket)) return;
      silent.add(socket);
      response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify(full));
    });
    expect((await transport.charge(member, charge, 5_000)).kind).toBe('full');
    expect(await transport.charge(member, charge, 50)).toEqual({
      kind: 'ambiguous',
      reason: 'ECONNABORTED',
      connectionAgeMs: expect.any(Number),
    });
    const hanging = await startMember(() => {});
    const onNew = await transport.charge(hanging, charge, 50);
    expect(onNew).toEqual({ kind: 'ambiguous', reason: 'ECONNABORTED' });
  });

  it('carries the time that the balancer waits', async () => {
    const received: unknown[] = [];
    const member = await startMember(({ headers }, response) => {
      received.push(headers['request-deadline-ms']);
      response.writeHead(503).end();
    });
    await transport.charge(member, charge, 812.5);
    expect(received).toEqual(['812']);
  });

  it('is read as accepted from another implementation too', async () => {
    const other = { status: 'accepted', session_id: 7, start_time: 1.5, current_load: 22, max_capacity: 100 };
    expect(await transport.charge(await responding(200, other), charge, 5_000)).toMatchObject({
      kind: 'accepted',
    });
  });

  it('is read as a replay where it is marked so', async () => {
    const member = await responding(200, accepted, { 'idempotency-replayed': 'true' });
    expect(await transport.charge(member, charge, 5_000)).toMatchObject({ kind: 'accepted', replayed: true });
  });
});

describe('a charge message without a response', () => {
  it('is down where nothing listens', async () => {
    const member = await downMember();
    expect(await transport.charge(member, charge, 5_000)).toEqual({ kind: 'down', reason: 'ECONNREFUSED' });
  });

  it('is ambiguous where the connection closes after the message was sent', async () => {
    const member = await startMember((request) => request.socket.destroy());
    expect(await transport.charge(member, charge, 5_000)).toMatchObject({ kind: 'ambiguous' });
  });

  it('is ambiguous where the response takes too long', async () => {
    const member = await startMember(() => {});
    const impatient = createHttpTransport({
      requestTimeoutMs: 200,
      pollTimeoutMs: 200,
      connectTimeoutMs: 200,
    });
    expect(await impatient.charge(member, charge, 200)).toMatchObject({ kind: 'ambiguous' });
  });
});

describe('a lookup of a request_id', () => {
  const lookup = { request_id: 'r1', dispatch: { round: 1, attempt: 0 } };

  it.each([
    [200, { known: true, answer: accepted }, { kind: 'known' }],
    [200, { known: false }, { kind: 'not-known' }],
    [404, { error: 'Not found' }, { kind: 'unsupported' }],
    [500, {}, { kind: 'ambiguous', reason: 'HTTP 500' }],
  ])('reads %d %j', async (status, body, reply) => {
    expect(await transport.lookup(await responding(status, body), lookup, 5_000)).toEqual(reply);
  });
});

describe('a session request', () => {
  it('encodes the id, so that it cannot leave its path', async () => {
    const asked: string[] = [];
    const member = await startMember((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(404).end();
    });
    expect(await transport.session(member, 'a/../b?c')).toEqual({ kind: 'not-found' });
    expect(await transport.stopSession(member, 's1~1')).toEqual({ kind: 'not-found' });
    expect(asked).toEqual(['GET /sessions/a%2F..%2Fb%3Fc', 'DELETE /sessions/s1~1']);
  });
});

describe('a poll', () => {
  it('fails on an error status and on a page without a load', async () => {
    await expect(transport.report(await responding(500, {}))).rejects.toThrow(
      'GET /metrics returned status 500',
    );
    await expect(transport.report(await responding(200, {}))).rejects.toThrow('substation_current_load');
  });

  it('distinguishes a down substation from a lost response', async () => {
    await expect(transport.report(await downMember())).rejects.toThrow(SubstationDownError);
    const silent = await startMember((request) => request.socket.destroy());
    await expect(transport.report(silent)).rejects.not.toThrow(SubstationDownError);
  });

  it('fails on an endless page before it fills the memory', async () => {
    const chunk = 'substation_current_load 0\n'.repeat(10_000);
    const flood = await startMember((_request, response) => {
      const write = () => {
        while (response.write(chunk));
      };
      response.on('drain', write);
      write();
    });
    await expect(transport.report(flood)).rejects.toThrow('more than 1048576 bytes');
  });
});

describe('a session that is read on a connection that died since', () => {
  it('is read again on a new one; stopping it is not repeated', async () => {
    const sockets = new Set<unknown>();
    const received: string[] = [];
    const member = await startMember(({ method, socket, url }, response) => {
      received.push(`${method} ${url}`);
      if (sockets.has(socket)) return;
      sockets.add(socket);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"sessions":[]}');
    });
    const impatient = createHttpTransport({
      // A busy machine may stop this process for a tenth of a second, and the server is in it.
      requestTimeoutMs: 300,
      pollTimeoutMs: 300,
      connectTimeoutMs: 5_000,
    });
    expect((await impatient.session(member, 's1~1')).kind).toBe('found');
    expect((await impatient.session(member, 's1~1')).kind).toBe('found');
    expect((await impatient.sessions(member)).kind).toBe('sessions');
    expect((await impatient.stopSession(member, 's1~1')).kind).toBe('ambiguous');
    expect(received).toEqual([
      ...Array(3).fill('GET /sessions/s1~1'),
      ...Array(2).fill('GET /sessions'),
      'DELETE /sessions/s1~1',
    ]);
  });
});
