import { createServer, type RequestListener, type Server } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectTimeoutAgent } from '../../../load_balancer/transport/connect-timeout.ts';
import { createHttpTransport } from '../../../load_balancer/transport/http-transport.ts';
import { GoneError } from '../../../load_balancer/transport/transport.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A substation that reacts so to every message. */
async function memberThat(react: RequestListener) {
  const server = createServer(react);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { id: 's1', url: `http://127.0.0.1:${port}` };
}

const answering = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  memberThat((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  });

/** An address where nothing listens any more. */
async function nobody() {
  const member = await memberThat(() => {});
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return member;
}

const transport = createHttpTransport({ requestTimeoutMs: 5_000, pollTimeoutMs: 5_000 });

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

describe('what an answer to a charge message means', () => {
  it.each([
    ['accepted', 200, accepted, { kind: 'accepted', answer: accepted, replayed: false }],
    ['full', 503, full, { kind: 'full', refusal: full }],
    ['draining', 503, { error: 'Draining' }, { kind: 'draining' }],
    ['superseded', 409, { error: 'Superseded' }, { kind: 'superseded' }],
    ['rejected', 400, { field: 'x' }, { kind: 'rejected', status: 400, body: { field: 'x' } }],
    ['unreachable: no such route', 404, {}, { kind: 'unreachable', reason: 'HTTP 404' }],
    ['ambiguous: it failed after all', 500, {}, { kind: 'ambiguous', reason: 'HTTP 500' }],
    ['ambiguous: another 503', 503, { error: 'busy' }, { kind: 'ambiguous', reason: 'HTTP 503' }],
    ['ambiguous: a 200 that says nothing', 200, {}, { kind: 'ambiguous', reason: 'HTTP 200' }],
  ])('%s', async (_meaning, status, body, reply) => {
    expect(await transport.charge(await answering(status, body), charge)).toEqual(reply);
  });

  it('accepted, also in the words of a substation of another make', async () => {
    const other = { status: 'accepted', session_id: 7, start_time: 1.5, current_load: 22, max_capacity: 100 };
    expect(await transport.charge(await answering(200, other), charge)).toMatchObject({ kind: 'accepted' });
  });

  it('accepted before, where it is marked so', async () => {
    const member = await answering(200, accepted, { 'idempotency-replayed': 'true' });
    expect(await transport.charge(member, charge)).toMatchObject({ kind: 'accepted', replayed: true });
  });
});

describe('what no answer to a charge message means', () => {
  it('gone, where nothing listens', async () => {
    const member = await nobody();
    expect(await transport.charge(member, charge)).toEqual({ kind: 'gone', reason: 'ECONNREFUSED' });
  });

  it('ambiguous, where the connection ends after the message was sent', async () => {
    const member = await memberThat((request) => request.socket.destroy());
    expect(await transport.charge(member, charge)).toMatchObject({ kind: 'ambiguous' });
  });

  it('ambiguous, where the answer takes too long', async () => {
    const member = await memberThat(() => {});
    const hasty = createHttpTransport({ requestTimeoutMs: 200, pollTimeoutMs: 200 });
    expect(await hasty.charge(member, charge)).toMatchObject({ kind: 'ambiguous' });
  });

  it('unreachable, where no connection is made in time', async () => {
    const agent = connectTimeoutAgent(1, () => new Socket());
    const socket = agent.createConnection({ host: '127.0.0.1', port: 1 });
    const error = await new Promise((resolve) => socket?.once('error', resolve));
    expect(error).toMatchObject({ code: 'ECONNECTTIMEOUT' });
  });
});

describe('looking for a request_id', () => {
  const lookup = { request_id: 'r1', dispatch: { round: 1, attempt: 0 } };

  it.each([
    [200, { known: true, answer: accepted }, { kind: 'known' }],
    [200, { known: false }, { kind: 'not-known' }],
    [404, { error: 'Not found' }, { kind: 'not-known' }],
    [500, {}, { kind: 'ambiguous', reason: 'HTTP 500' }],
  ])('reads %d %j', async (status, body, reply) => {
    expect(await transport.lookup(await answering(status, body), lookup)).toEqual(reply);
  });
});

describe('sessions', () => {
  it('are asked for by an id that cannot leave its path', async () => {
    const asked: string[] = [];
    const member = await memberThat((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(404).end();
    });
    expect(await transport.session(member, 'a/../b?c')).toEqual({ kind: 'none' });
    expect(await transport.stopSession(member, 's1~1')).toEqual({ kind: 'none' });
    expect(asked).toEqual(['GET /sessions/a%2F..%2Fb%3Fc', 'DELETE /sessions/s1~1']);
  });
});

describe('a poll', () => {
  it('fails on a page that is not there or says nothing', async () => {
    await expect(transport.report(await answering(500, {}))).rejects.toThrow('its metrics answer 500');
    await expect(transport.report(await answering(200, {}))).rejects.toThrow('substation_current_load');
  });

  it('tells where nobody is there from where there is only no answer', async () => {
    await expect(transport.report(await nobody())).rejects.toThrow(GoneError);
    const silent = await memberThat((request) => request.socket.destroy());
    await expect(transport.report(silent)).rejects.not.toThrow(GoneError);
  });

  it('fails on a page that never ends, before it fills the memory', async () => {
    const chunk = 'substation_current_load 0\n'.repeat(10_000);
    const flood = await memberThat((_request, response) => {
      const write = () => {
        while (response.write(chunk));
      };
      response.on('drain', write);
      write();
    });
    await expect(transport.report(flood)).rejects.toThrow('maxContentLength');
  });
});
