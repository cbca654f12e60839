import { balancerStatusSchema, routedChargeSchema, substationStatusSchema } from '@gridclock/grid-protocol';
import type { LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Grid,
  type SubstationName,
  servicesOf,
  startBalancer,
  startChargeService,
  startSubstation,
  stopAll,
} from '../support/grid.ts';
import { type JsonResponse, metric, send } from '../support/http.ts';
import { type LossyProxy, startLossyProxy } from '../support/lossy-proxy.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const names = ['substation_1', 'substation_2', 'substation_3'] as const;
const shortSessions = { CHARGE_PROCESSING_TIME: '1' };
const REQUESTS = 240;
const WORKERS = 12;
const AMOUNTS_KW = [7, 11, 22, 50];

const started: LocalService[] = [];
const proxies: LossyProxy[] = [];
/** In front of each proxy and of the balancer. */
const nats: TcpProxy[] = [];
let grid: Grid;
/** Every HTTP status that a client has received. */
const statuses = new Set<number>();

beforeAll(async () => {
  const [substation_1, substation_2, substation_3] = await Promise.all([
    startSubstation('substation_1', shortSessions),
    startSubstation('substation_2', shortSessions),
    startSubstation('substation_3', shortSessions),
  ]);
  const substations = { substation_1, substation_2, substation_3 };
  proxies.push(...(await Promise.all(Object.values(substations).map(startLossyProxy))));
  nats.push(...(await Promise.all(proxies.map(startTcpProxy))));
  const balancer = await startBalancer(names.map((name, index) => ({ name, url: nats[index]?.url ?? '' })));
  const toBalancer = await startTcpProxy(balancer);
  nats.push(toBalancer);
  const chargeService = await startChargeService(toBalancer);
  grid = { substations, balancer, chargeService };
  started.push(...servicesOf(grid));
  await Promise.all(started.map((service) => service.ready()));
});

afterAll(async () => {
  await stopAll(started);
  await Promise.all([...proxies, ...nats].map((proxy) => proxy.close()));
});

/** Repeats a request with one key until its outcome is definite: accepted, or no capacity. */
function chargeUntilDefinite(index: number): Promise<JsonResponse> {
  const vehicle = { vehicle_id: `EV_${index}`, charge_amount: AMOUNTS_KW[index % AMOUNTS_KW.length] };
  return vi.waitFor(
    async () => {
      const response = await send('POST', `${grid.chargeService.url}/charge`, vehicle, {
        'Idempotency-Key': `k${index}`,
      });
      statuses.add(response.status);
      if (response.status !== 200) expect(response.body.error).toBe('Insufficient capacity');
      return response;
    },
    { timeout: 45_000, interval: 50 },
  );
}

/** Polls every substation's load until the returned function is called. Skips a substation that is down. */
function watchLoads(onLoad: (load: number, capacity: number) => void): () => Promise<void> {
  let watching = true;
  const watch = async (name: SubstationName) => {
    while (watching) {
      const { url } = grid.substations[name];
      const status = await send('GET', `${url}/status`).catch(() => undefined);
      if (status === undefined) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      const { current_load, max_capacity } = substationStatusSchema.parse(status.body);
      onLoad(current_load, max_capacity);
    }
  };
  const watchers = names.map(watch);
  return async () => {
    watching = false;
    await Promise.all(watchers);
  };
}

const health = async (name: SubstationName) => {
  const { body } = await send('GET', `${grid.balancer.url}/status`);
  return balancerStatusSchema.parse(body).substations[name]?.health;
};
const expectEjected = (name: SubstationName) =>
  expect.poll(() => health(name), { timeout: 45_000 }).toBe('ejected');

/** Whether responses get lost now and then. */
let lossy = true;
const loseSomeResponses = () => {
  for (const proxy of proxies) proxy.dropResponses(lossy ? 2 : 0);
};

/**
 * Lets a substation return, and expects it in rotation before more than three polls have got their response. Meanwhile
 * no response to a charge gets lost: a lost one fails the charge that probes the substation, and ejects it again.
 */
async function expectReturnWithinThreePolls(name: SubstationName, bringBack: () => unknown): Promise<void> {
  const proxy = proxies[names.indexOf(name)];
  lossy = false;
  loseSomeResponses();
  const before = proxy?.polled() ?? 0;
  let polledWhileEjected = 0;
  await bringBack();
  await expect
    .poll(
      async () => {
        const polled = (proxy?.polled() ?? 0) - before;
        const now = await health(name);
        if (now !== 'up') polledWhileEjected = polled;
        return now;
      },
      { timeout: 45_000 },
    )
    .toBe('up');
  expect(polledWhileEjected).toBeLessThanOrEqual(3);
  lossy = true;
  loseSomeResponses();
}

describe('a rush hour with kills, pauses, gray failures and lost connections', () => {
  it('charges no vehicle twice, exceeds no capacity and keeps all counters exact', async () => {
    const loads: number[] = [];
    const stopWatching = watchLoads((load, capacity) => loads.push(load / capacity));
    const responses: JsonResponse[] = [];
    let next = 0;
    const work = async () => {
      while (next < REQUESTS) {
        const index = next;
        next += 1;
        responses[index] = await chargeUntilDefinite(index);
        if (index % 20 === 0) loseSomeResponses();
      }
    };
    const rush = Promise.all(Array.from({ length: WORKERS }, work));
    const progress = (count: number) => vi.waitUntil(() => next >= count, { timeout: 45_000 });

    const { substation_1, substation_2 } = grid.substations;
    await progress(30);
    substation_1.signal('SIGSTOP');
    await expectEjected('substation_1');
    await expectReturnWithinThreePolls('substation_1', () => substation_1.signal('SIGCONT'));

    await progress(90);
    substation_2.signal('SIGKILL');
    await substation_2.exited;
    await expectEjected('substation_2');
    let restartedAt = 0;
    await expectReturnWithinThreePolls('substation_2', async () => {
      const restarted = await startSubstation('substation_2', shortSessions, substation_2.port);
      started.push(restarted);
      grid.substations.substation_2 = restarted;
      restartedAt = Date.now();
    });

    await progress(140);
    for (const nat of nats) nat.forgetConnections();

    await progress(160);
    const [, , third] = proxies;
    third?.breakCharges('hang');
    await expect.poll(() => third?.broken(), { timeout: 45_000 }).toBeGreaterThan(1);
    await expectEjected('substation_3');
    third?.breakCharges();

    await rush;
    await stopWatching();
    for (const status of statuses) expect([200, 503, 504]).toContain(status);
    expect(loads.length).toBeGreaterThan(0);
    expect(Math.max(...loads)).toBeLessThanOrEqual(1);

    const charged = responses
      .filter(({ status }) => status === 200)
      .map(({ body }) => routedChargeSchema.parse(body));
    expect(new Set(charged.map(({ session_id }) => session_id)).size).toBe(charged.length);
    for (const name of names) {
      // A killed process loses its counters.
      const since = name === 'substation_2' ? restartedAt : 0;
      const ledger = charged.filter(
        ({ start_time, substation_id }) => substation_id === name && Date.parse(start_time) >= since,
      );
      const substation = grid.substations[name];
      expect(await metric(substation, 'substation_charges_accepted_total')).toBe(ledger.length);
      const kilowatts = ledger.reduce((sum, { charge_amount }) => sum + charge_amount, 0);
      expect(await metric(substation, 'substation_accepted_kilowatts_total')).toBe(kilowatts);
      await expect.poll(() => metric(substation, 'substation_current_load'), { timeout: 30_000 }).toBe(0);
    }
  }, 180_000);
});
