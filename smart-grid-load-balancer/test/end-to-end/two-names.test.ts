import { balancerStatusSchema } from '@gridclock/grid-protocol';
import type { LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endlessSessions, startBalancer, startSubstation, stopAll } from '../support/grid.ts';
import { metric, send } from '../support/http.ts';

const lines: string[] = [];
const started: LocalService[] = [];
let balancer: LocalService;

beforeAll(async () => {
  const one = await startSubstation('substation_1', endlessSessions);
  const two = await startSubstation('substation_2', endlessSessions);
  // Only the resolver knows that these are the same.
  const names = [
    { name: 'substation_1', url: one.url },
    { name: 'alias', url: one.url.replace('127.0.0.1', 'localhost') },
    { name: 'substation_2', url: two.url },
  ];
  balancer = await startBalancer(names, {}, undefined, (line) => lines.push(line));
  started.push(one, two, balancer);
  await Promise.all(started.map((service) => service.ready()));
});

afterAll(() => stopAll(started));

const status = async () => balancerStatusSchema.parse((await send('GET', `${balancer.url}/status`)).body);

describe('a substation with two names', () => {
  it('is counted, filled and listed once, and named in the log', async () => {
    const twins = async () =>
      Object.values((await status()).substations).filter(({ same_as }) => same_as !== undefined).length;
    await expect.poll(twins, { timeout: 30_000 }).toBe(1);
    expect(Object.keys((await status()).substation_loads)).toHaveLength(2);
    // 80 kW and 120 kW.
    const kinds: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      const vehicle = { vehicle_id: `EV_${index}`, charge_amount: 10 };
      kinds.push((await send('POST', `${balancer.url}/route_charge`, vehicle)).status);
    }
    expect(kinds).toEqual(Array(20).fill(200));
    // Nobody was asked in vain.
    expect(await metric(balancer, 'load_balancer_request_hops_sum')).toBe(20);
    const { body } = await send('GET', `${balancer.url}/sessions`);
    expect(body.sessions).toHaveLength(20);
    expect(await twins()).toBe(1);
    // The balancer's output arrives by a pipe, beside its responses.
    const named = () => lines.some((line) => line.includes('two names of one substation'));
    await expect.poll(named, { timeout: 10_000 }).toBe(true);
  });
});
