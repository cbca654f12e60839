import { sessionListSchema } from '@gridclock/grid-protocol';
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
import { type LossyProxy, startLossyProxy } from '../support/lossy-proxy.ts';

const started: LocalService[] = [];
let substations: LocalService[];
let proxies: LossyProxy[];
let balancer: LocalService;
let chargeService: LocalService;

/** The proxies, under the names of the substations behind them. */
const proxiedSubstations = () => proxies.map(({ url }, index) => ({ name: `substation_${index + 1}`, url }));

beforeAll(async () => {
  substations = await Promise.all([
    startSubstation('substation_1', endlessSessions),
    startSubstation('substation_2', endlessSessions),
  ]);
  proxies = await Promise.all(substations.map(startLossyProxy));
  balancer = await startBalancer(proxiedSubstations());
  chargeService = await startChargeService(balancer);
  started.push(...substations, balancer, chargeService);
  await Promise.all(started.map((service) => service.ready()));
});

afterAll(async () => {
  await stopAll(started);
  await Promise.all(proxies.map((proxy) => proxy.close()));
});

const charge = (key: string) =>
  send(
    'POST',
    `${chargeService.url}/charge`,
    { vehicle_id: `EV_${key}`, charge_amount: 7 },
    { 'Idempotency-Key': key },
  );
const dropResponses = (count: number) => {
  for (const proxy of proxies) proxy.dropResponses(count);
};
const dropped = () => proxies.reduce((sum, proxy) => sum + proxy.dropped(), 0);
const sessionsOf = async (key: string) => {
  const lists = await Promise.all(substations.map(({ url }) => send('GET', `${url}/sessions`)));
  return lists
    .flatMap(({ body }) => sessionListSchema.parse(body).sessions)
    .filter(({ vehicle_id }) => vehicle_id === `EV_${key}`)
    .map(({ session_id }) => session_id);
};

describe('the grid', () => {
  it('charges once when the response of the substation is lost', async () => {
    const before = dropped();
    dropResponses(1);
    const { status, body } = await charge('lost-once');
    expect(status).toBe(200);
    expect(dropped()).toBeGreaterThan(before);
    expect(await sessionsOf('lost-once')).toEqual([body.session_id]);
    dropResponses(0);
  });

  it('charges once when responses are lost until the balancer gives up', async () => {
    const before = dropped();
    // One more than the messages that one request may send.
    dropResponses(4);
    const { status: first } = await charge('lost-often');
    expect({ first, sent: dropped() - before }).toEqual({ first: 504, sent: 3 });
    const { status, body } = await charge('lost-often');
    expect(status).toBe(200);
    expect(dropped() - before).toBeGreaterThanOrEqual(4);
    expect(await sessionsOf('lost-often')).toEqual([body.session_id]);
    dropResponses(0);
  });

  it('charges once when the balancer is killed and restarts without state', async () => {
    const before = dropped();
    dropResponses(1_000_000);
    const response = charge('balancer-killed');
    await expect.poll(dropped, { timeout: 30_000 }).toBeGreaterThan(before);
    balancer.signal('SIGKILL');
    await balancer.exited;
    dropResponses(0);
    balancer = await startBalancer(proxiedSubstations(), {}, balancer.port);
    started.push(balancer);
    await balancer.ready();
    await response;
    // On a slow machine the charge service may have given up: the client retries with the same key.
    const { status, body } = await charge('balancer-killed');
    expect(status).toBe(200);
    expect(await sessionsOf('balancer-killed')).toEqual([body.session_id]);
  });

  it('charges once when a client repeats its request after a balancer restart', async () => {
    const first = await charge('restarted');
    await balancer.stop();
    balancer = await startBalancer(proxiedSubstations(), {}, balancer.port);
    started.push(balancer);
    await balancer.ready();
    const again = await charge('restarted');
    expect(again.body.session_id).toBe(first.body.session_id);
    expect(await sessionsOf('restarted')).toHaveLength(1);
  });

  it('charges once when two balancers get concurrent requests with the same key', async () => {
    const second = await startBalancer(proxiedSubstations());
    started.push(second);
    await second.ready();
    const body = { vehicle_id: 'EV_many', charge_amount: 7, request_id: 'many' };
    const place = (url: string) => send('POST', `${url}/route_charge`, body);
    const responses = await Promise.all(
      [balancer, second, balancer, second, balancer, second].map(({ url }) => place(url)),
    );
    // A 504 leaves the outcome unknown; a repetition must settle it.
    for (const { status } of responses) expect([200, 504]).toContain(status);
    const settled = [await place(balancer.url), await place(second.url)];
    expect(settled.map(({ status }) => status)).toEqual([200, 200]);
    expect(await sessionsOf('many')).toEqual([settled[0]?.body.session_id]);
  });

  it('and counts as many accepted charges as there are sessions', async () => {
    const counts = await Promise.all(
      substations.map((service) => metric(service, 'substation_charges_accepted_total')),
    );
    const running = await Promise.all(
      substations.map((service) => metric(service, 'substation_active_sessions')),
    );
    expect(counts).toEqual(running);
  });
});

describe('two balancers', () => {
  it('charge once when the other one gets the repetition while the substation is cut off', async () => {
    const pausable = await startSubstation('substation_2', { ...endlessSessions, SUBSTATION_ID: 'pausable' });
    const other = await startSubstation('substation_1', { ...endlessSessions, SUBSTATION_ID: 'other' });
    await other.ready();
    // So that the first one is chosen.
    await send('POST', `${other.url}/charge`, { vehicle_id: 'EV_other', charge_amount: 5 });
    const pair = [pausable, other].map(({ url }, index) => ({ name: `s${index}`, url }));
    const [first, second] = await Promise.all([startBalancer(pair), startBalancer(pair)]);
    started.push(pausable, other, first, second);
    await Promise.all([pausable, other, first, second].map((service) => service.ready()));
    const place = (url: string) =>
      send(
        'POST',
        `${url}/route_charge`,
        { vehicle_id: 'EV_cut_off', charge_amount: 22, request_id: 'cut-off' },
        { 'request-history': 'unseen' },
      );
    expect((await place(first.url)).status).toBe(200);
    pausable.signal('SIGSTOP');
    const health = async () => (await send('GET', `${second.url}/status`)).body.substations;
    await expect.poll(health, { timeout: 30_000 }).toMatchObject({ s0: { health: 'ejected' } });
    expect((await place(second.url)).body).toMatchObject({ error: 'Outcome unknown', sent: false });
    pausable.signal('SIGCONT');
    await expect.poll(async () => (await place(second.url)).status, { timeout: 30_000 }).toBe(200);
    const accepted = [pausable, other].map((service) => metric(service, 'substation_charges_accepted_total'));
    expect(await Promise.all(accepted)).toEqual([1, 1]);
  });

  it('charge once when the other one has placed what the first one left unknown', async () => {
    const pair = await Promise.all([
      startSubstation('substation_1', { ...endlessSessions, SUBSTATION_ID: 'left-unknown' }),
      startSubstation('substation_2', { ...endlessSessions, SUBSTATION_ID: 'elsewhere' }),
    ]);
    started.push(...pair);
    await Promise.all(pair.map((service) => service.ready()));
    const [favourite, other] = pair;
    const proxy = await startLossyProxy(favourite);
    proxies.push(proxy);
    const behind = (url: string) => [
      { name: 's0', url },
      { name: 's1', url: other.url },
    ];
    const [first, second] = await Promise.all([
      startBalancer(behind(proxy.url)),
      startBalancer(behind(favourite.url)),
    ]);
    started.push(first, second);
    await Promise.all([first.ready(), second.ready()]);
    const fill = (service: LocalService, kw: number) =>
      send('POST', `${service.url}/charge`, { vehicle_id: 'EV_fills', charge_amount: kw });
    const place = (url: string) =>
      send(
        'POST',
        `${url}/route_charge`,
        { vehicle_id: 'EV_moved', charge_amount: 22, request_id: 'moved' },
        { 'request-history': 'unseen' },
      );
    const loadsAt = async ({ url }: LocalService) =>
      (await send('GET', `${url}/status`)).body.substation_loads;
    // So that the first one is chosen.
    await fill(other, 5);
    await expect.poll(() => loadsAt(first), { timeout: 30_000 }).toEqual({ s0: 0, s1: 5 });
    proxy.breakCharges('fail');
    expect((await place(first.url)).body).toMatchObject({ error: 'Outcome unknown', substation_id: 's0' });
    proxy.breakCharges();
    const { body: filling } = await fill(favourite, 80);
    const placed = await place(second.url);
    expect(placed).toMatchObject({ status: 200, body: { substation_id: 's1' } });
    await send('DELETE', `${favourite.url}/sessions/${filling.session_id}`, undefined, holderOf(filling));
    expect((await place(first.url)).body.session_id).toBe(placed.body.session_id);
    expect(await metric(favourite, 'substation_active_sessions')).toBe(0);
    expect(await metric(other, 'substation_active_sessions')).toBe(2);
  });

  it('never exceed the capacity of a substation', async () => {
    const third = await startSubstation('substation_3', endlessSessions);
    started.push(third);
    const pair = await Promise.all([startBalancer([third]), startBalancer([third])]);
    started.push(...pair);
    await Promise.all([third, ...pair].map((service) => service.ready()));
    const chargeAtEither = (index: number) =>
      send('POST', `${pair[index % 2]?.url}/route_charge`, { vehicle_id: `EV_${index}`, charge_amount: 7 });
    const responses = await Promise.all(Array.from({ length: 40 }, (_, index) => chargeAtEither(index)));
    for (const { status, body } of responses.filter((response) => response.status !== 200))
      expect({ status, error: body.error }).toEqual({ status: 503, error: 'Insufficient capacity' });
    const accepted = responses.filter(({ status }) => status === 200).length;
    expect(await metric(third, 'substation_charges_accepted_total')).toBe(accepted);
    const fillUp = async () => {
      await chargeAtEither(accepted);
      return metric(third, 'substation_current_load');
    };
    // 14 vehicles with 7 kW each fit into 100 kW.
    await expect.poll(fillUp, { timeout: 30_000 }).toBe(98);
  });
});
