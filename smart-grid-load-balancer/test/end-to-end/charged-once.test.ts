import { sessionListSchema } from '@gridclock/grid-protocol';
import type { LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBalancer, startEntry, startSubstation, stopAll } from './grid.ts';
import { metric, send } from './http.ts';
import { type LossyProxy, startLossyProxy } from './lossy-proxy.ts';

const started: LocalService[] = [];
let substations: LocalService[];
let proxies: LossyProxy[];
let balancer: LocalService;
let entry: LocalService;

const named = () => proxies.map(({ url }, index) => ({ name: `substation_${index + 1}`, url }));

beforeAll(async () => {
  const endless = { CHARGE_PROCESSING_TIME: '3600' };
  substations = await Promise.all([
    startSubstation('substation_1', endless),
    startSubstation('substation_2', endless),
  ]);
  proxies = await Promise.all(substations.map(startLossyProxy));
  balancer = await startBalancer(named());
  entry = await startEntry(balancer);
  started.push(...substations, balancer, entry);
  await Promise.all(started.map((service) => service.ready()));
});

afterAll(async () => {
  await stopAll(started);
  await Promise.all(proxies.map((proxy) => proxy.close()));
});

const charge = (key: string) =>
  send(
    'POST',
    `${entry.url}/charge`,
    { vehicle_id: `EV_${key}`, charge_amount: 7 },
    { 'Idempotency-Key': key },
  );
const loseAnswers = (count: number) => {
  for (const proxy of proxies) proxy.loseAnswers(count);
};
const lost = () => proxies.reduce((sum, proxy) => sum + proxy.lost(), 0);
const sessionsOf = async (key: string) => {
  const lists = await Promise.all(substations.map(({ url }) => send('GET', `${url}/sessions`)));
  return lists
    .flatMap(({ body }) => sessionListSchema.parse(body).sessions)
    .filter(({ vehicle_id }) => vehicle_id === `EV_${key}`)
    .map(({ session_id }) => session_id);
};

describe('a vehicle is charged once', () => {
  it('when the answer of the substation is lost', async () => {
    const before = lost();
    loseAnswers(1);
    const { status, body } = await charge('lost-once');
    expect(status).toBe(200);
    expect(lost()).toBeGreaterThan(before);
    expect(await sessionsOf('lost-once')).toEqual([body.session_id]);
    loseAnswers(0);
  });

  it('when answers are lost until the balancer gives up, and the entry asks again', async () => {
    const before = lost();
    // One more than the balancer asks for at once.
    for (const proxy of proxies) proxy.loseAnswers(4);
    const { status, body } = await charge('lost-often');
    expect(status).toBe(200);
    expect(lost() - before).toBeGreaterThanOrEqual(4);
    expect(await sessionsOf('lost-often')).toEqual([body.session_id]);
    loseAnswers(0);
  });

  it('when the balancer is killed while it asks, and started again without a memory', async () => {
    const before = lost();
    loseAnswers(1_000_000);
    const answer = charge('balancer-killed');
    await expect.poll(lost, { timeout: 30_000 }).toBeGreaterThan(before);
    balancer.signal('SIGKILL');
    await balancer.ended;
    loseAnswers(0);
    balancer = await startBalancer(named(), {}, balancer.port);
    started.push(balancer);
    await balancer.ready();
    await answer;
    // The entry may have lost patience on a slow machine: then the client asks again, with the same key.
    const { status, body } = await charge('balancer-killed');
    expect(status).toBe(200);
    expect(await sessionsOf('balancer-killed')).toEqual([body.session_id]);
  });

  it('when the client asks again after the balancer was restarted, and gets the session it has', async () => {
    const first = await charge('restarted');
    await balancer.stop();
    balancer = await startBalancer(named(), {}, balancer.port);
    started.push(balancer);
    await balancer.ready();
    const again = await charge('restarted');
    expect(again.body.session_id).toBe(first.body.session_id);
    expect(await sessionsOf('restarted')).toHaveLength(1);
  });

  it('when many ask at once with the same key, through two balancers', async () => {
    const second = await startBalancer(named());
    started.push(second);
    await second.ready();
    const body = { vehicle_id: 'EV_many', charge_amount: 7, request_id: 'many' };
    const ask = (url: string) => send('POST', `${url}/route_charge`, body);
    const answers = await Promise.all(
      [balancer, second, balancer, second, balancer, second].map(({ url }) => ask(url)),
    );
    // Whoever came too late does not know the outcome, and learns it by asking again.
    for (const { status } of answers) expect([200, 504]).toContain(status);
    const settled = [await ask(balancer.url), await ask(second.url)];
    expect(settled.map(({ status }) => status)).toEqual([200, 200]);
    expect(await sessionsOf('many')).toEqual([settled[0]?.body.session_id]);
  });

  it('and the counters of the substations agree with the sessions', async () => {
    const counts = await Promise.all(
      substations.map((service) => metric(service, 'substation_charges_accepted_total')),
    );
    const running = await Promise.all(
      substations.map((service) => metric(service, 'substation_active_sessions')),
    );
    expect(counts).toEqual(running);
  });
});

describe('two balancers side by side', () => {
  it('never overfill a substation', async () => {
    const third = await startSubstation('substation_3', { CHARGE_PROCESSING_TIME: '3600' });
    started.push(third);
    const pair = await Promise.all([startBalancer([third]), startBalancer([third])]);
    started.push(...pair);
    await Promise.all([third, ...pair].map((service) => service.ready()));
    const charge = (index: number) =>
      send('POST', `${pair[index % 2]?.url}/route_charge`, { vehicle_id: `EV_${index}`, charge_amount: 7 });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => charge(index)));
    for (const { status, body } of answers.filter((answer) => answer.status !== 200))
      expect({ status, error: body.error }).toEqual({ status: 503, error: 'Insufficient capacity' });
    const accepted = answers.filter(({ status }) => status === 200).length;
    expect(await metric(third, 'substation_charges_accepted_total')).toBe(accepted);
    const fillUp = async () => {
      await charge(accepted);
      return metric(third, 'substation_current_load');
    };
    // 14 vehicles of 7 kW go into 100 kW.
    await expect.poll(fillUp, { timeout: 30_000 }).toBe(98);
  });
});
