import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  closeBalancers,
  type StubResponse,
  serveChargeService,
  startStubBalancer,
  urgentCharge,
} from '../support/charge-service.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';

const servers: HttpServer[] = [];

afterEach(async () => {
  await closeBalancers();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('the deadline of a charge', () => {
  it('travels to the balancer, with a margin for its response', async () => {
    const balancer = await startStubBalancer();
    const service = serveChargeService(balancer.url, 5_000);
    await service.post('/charge').send(urgentCharge);
    await service.post('/charge').set('request-deadline-ms', '800').send(urgentCharge);
    const [first, second] = balancer.received.map(({ headers }) => Number(headers['request-deadline-ms']));
    expect(first).toBe(4_900);
    expect(second).toBeLessThanOrEqual(700);
    expect(second).toBeGreaterThan(0);
  });

  it('is a 400 where it is not a number of milliseconds', async () => {
    const balancer = await startStubBalancer();
    const { status, body } = await serveChargeService(balancer.url)
      .post('/charge')
      .set('request-deadline-ms', 'soon')
      .send(urgentCharge);
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'request-deadline-ms' });
    expect(balancer.received).toEqual([]);
  });
});

describe('repetitions', () => {
  it('are limited to a share of the requests', async () => {
    const balancer = await startStubBalancer(...Array<StubResponse>(500).fill('hang up'));
    const service = serveChargeService(balancer.url, 5_000);
    for (let index = 0; index < 40; index += 1) await service.post('/charge').send(urgentCharge);
    // The clock stands still but for pauses: each window of 10 s may have ten more.
    expect(balancer.received.length).toBeLessThanOrEqual(40 * 1.2 + 2 * 10);
  });
});

describe('dead connections to the balancer', () => {
  it('cost one hedged request, after which new connections are used', async () => {
    const forgotten = new Set<Socket>();
    const served = new Set<Socket>();
    let silent = 0;
    let release = () => {};
    const allArrived = new Promise<void>((resolve) => {
      release = resolve;
    });
    const balancer = await startHttpServer(async (request, response) => {
      if (forgotten.has(request.socket)) {
        silent += 1;
        return;
      }
      served.add(request.socket);
      if (served.size === 3) release();
      await allArrived;
      response.writeHead(200, { 'content-type': 'application/json', 'request-copy': 'shared' });
      response.end('{"status":"accepted"}');
    });
    servers.push(balancer);
    const service = serveChargeService(balancer.url, 5_000, 100);
    const charge = () => service.post('/charge').send(urgentCharge);
    await Promise.all([charge(), charge(), charge()]);
    for (const socket of served) forgotten.add(socket);
    for (let time = 0; time < 3; time += 1) expect((await charge()).status).toBe(200);
    expect(silent).toBe(1);
  });

  it('are no reason to send a copy to a balancer that might place it again', async () => {
    let received = 0;
    const balancer = await startHttpServer((_request, response) => {
      received += 1;
      setTimeout(() => response.end('{"status":"accepted"}'), 100);
    });
    servers.push(balancer);
    const service = serveChargeService(balancer.url, 5_000, 10);
    for (let time = 0; time < 2; time += 1) await service.post('/charge').send(urgentCharge);
    expect(received).toBe(2);
  });
});
