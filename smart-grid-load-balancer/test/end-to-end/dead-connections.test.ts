import type { LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  endlessSessions,
  startBalancer,
  startChargeService,
  startSubstation,
  stopAll,
} from '../support/grid.ts';
import { holderOf, metric, send } from '../support/http.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { openUnansweredAddress, type UnansweredAddress } from '../support/unanswered-address.ts';

const PARALLEL = 12;

const started: LocalService[] = [];
const proxies: TcpProxy[] = [];
let silent: UnansweredAddress;
let substation: LocalService;

beforeAll(async () => {
  silent = await openUnansweredAddress();
  substation = await startSubstation('substation_2', endlessSessions);
  started.push(substation);
  await substation.ready();
});

afterAll(async () => {
  await stopAll(started);
  await Promise.all(proxies.map((proxy) => proxy.close()));
  silent.close();
});

async function proxied(service: LocalService): Promise<TcpProxy> {
  const proxy = await startTcpProxy(service);
  proxies.push(proxy);
  return proxy;
}

async function ready<Service extends LocalService>(service: Service): Promise<Service> {
  started.push(service);
  await service.ready();
  return service;
}

const charge = (service: LocalService, vehicle: string, path = '/charge') =>
  send('POST', `${service.url}${path}`, { vehicle_id: vehicle, charge_amount: 1 });

describe('connections that a NAT forgets', () => {
  it('cost one timeout on each hop and no vehicle its charge', async () => {
    const toSubstation = await proxied(substation);
    const balancer = await ready(await startBalancer([{ name: 'substation_2', url: toSubstation.url }]));
    const toBalancer = await proxied(balancer);
    const chargeService = await ready(await startChargeService(toBalancer));
    const vehicles = Array.from({ length: PARALLEL }, (_, index) => `EV_${index}`);
    await Promise.all(vehicles.map((vehicle) => charge(chargeService, vehicle)));
    const forgotten = [toSubstation.forgetConnections(), toBalancer.forgetConnections()];
    for (const count of forgotten) expect(count).toBeGreaterThan(1);
    // Each on its own, so that each would take a pooled connection.
    for (const index of Array(PARALLEL).keys()) {
      const { status } = await charge(chargeService, `EV_later_${index}`);
      expect(status).toBe(200);
    }
    expect(await metric(substation, 'substation_active_sessions')).toBe(2 * PARALLEL);
    // A session is found, too.
    const { body } = await charge(chargeService, 'EV_read');
    toSubstation.forgetConnections();
    toBalancer.forgetConnections();
    const read = await send(
      'GET',
      `${chargeService.url}/sessions/${body.session_id}`,
      undefined,
      holderOf(body),
    );
    expect(read).toMatchObject({ status: 200, body: { vehicle_id: 'EV_read' } });
  }, 60_000);
});

describe('an address that answers no connection attempt', () => {
  it('is a definite no of the balancer for the charge service', async () => {
    const chargeService = await startChargeService(silent);
    started.push(chargeService);
    // Not ready: the balancer does not respond.
    await expect
      .poll(async () => (await send('GET', `${chargeService.url}/ready`).catch(() => undefined))?.status, {
        timeout: 30_000,
      })
      .toBe(503);
    const { status, body } = await charge(chargeService, 'EV_1');
    expect({ status, outcome: body.outcome }).toEqual({ status: 503, outcome: 'not charged' });
  });

  it('is a definite no of a substation: the balancer asks the next one', async () => {
    const balancer = await startBalancer([
      { name: 'substation_1', url: silent.url },
      { name: 'substation_2', url: substation.url },
    ]);
    started.push(balancer);
    await balancer.ready();
    const { status, body } = await charge(balancer, 'EV_next', '/route_charge');
    expect({ status, substation: body.substation_id }).toEqual({ status: 200, substation: 'substation_2' });
  });
});
