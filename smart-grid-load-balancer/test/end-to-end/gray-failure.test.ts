import { sessionListSchema } from '@gridclock/grid-protocol';
import type { LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  endlessSessions,
  startBalancer,
  startChargeService,
  startSubstation,
  stopAll,
} from '../support/grid.ts';
import { send } from '../support/http.ts';
import { type BrokenCharges, type LossyProxy, startLossyProxy } from '../support/lossy-proxy.ts';

const started: LocalService[] = [];
let substations: LocalService[];
let proxies: LossyProxy[];
let chargeService: LocalService;

beforeAll(async () => {
  substations = await Promise.all([
    startSubstation('substation_1', endlessSessions),
    startSubstation('substation_2', endlessSessions),
  ]);
  proxies = await Promise.all(substations.map(startLossyProxy));
  const balancer = await startBalancer(
    proxies.map(({ url }, index) => ({ name: `substation_${index + 1}`, url })),
    // Ejections last as long as a poll, and must outlast the pause between two drivers on a busy machine.
    { POLL_INTERVAL_MS: '1000' },
  );
  chargeService = await startChargeService(balancer);
  started.push(...substations, balancer, chargeService);
  await Promise.all(started.map((service) => service.ready()));
  // The first substation is the favourite: the second has more load.
  await send('POST', `${substations[1]?.url}/charge`, { vehicle_id: 'EV_other', charge_amount: 60 });
  await vi.waitFor(
    async () => {
      const { body } = await send('GET', `${balancer.url}/status`);
      expect(body.substation_loads).toMatchObject({ substation_2: 60 });
    },
    { timeout: 30_000 },
  );
});

afterAll(async () => {
  await stopAll(started);
  await Promise.all(proxies.map((proxy) => proxy.close()));
});

const charge = (key: string) =>
  send(
    'POST',
    `${chargeService.url}/charge`,
    { vehicle_id: `EV_${key}`, charge_amount: 1 },
    { 'Idempotency-Key': key },
  );
const vehicles = async () => {
  const lists = await Promise.all(substations.map(({ url }) => send('GET', `${url}/sessions`)));
  return lists.flatMap(({ body }) => sessionListSchema.parse(body).sessions.map((s) => s.vehicle_id));
};

describe('a substation that answers polls', () => {
  it.each<BrokenCharges>(['hang', 'fail'])('costs at most one driver when its charges %s', async (how) => {
    const [favourite] = proxies;
    const brokenBefore = favourite?.broken() ?? 0;
    favourite?.breakCharges(how);
    // Ramped up after its last return, the favourite may not be the first choice at once.
    let tried = 0;
    let failed: string | undefined;
    while (favourite?.broken() === brokenBefore) {
      const key = `${how}-${tried++}`;
      const { status } = await charge(key);
      if (status !== 200) {
        expect(status).toBe(504);
        failed = key;
      }
    }
    expect(failed).toBeDefined();
    for (const key of [`${how}-next`, `${how}-after`]) {
      const { status, body } = await charge(key);
      expect({ status, substation: body.substation_id }).toEqual({ status: 200, substation: 'substation_2' });
    }
    favourite?.breakCharges();
    // A later charge probes the favourite, and it returns.
    let probes = 0;
    const chargedAt = async () => (await charge(`${how}-probe-${probes++}`)).body.substation_id;
    await expect.poll(chargedAt, { timeout: 30_000, interval: 100 }).toBe('substation_1');
    // That driver's outcome is settled with the same key.
    expect((await charge(failed ?? '')).status).toBe(200);
    const charged = await vehicles();
    expect(new Set(charged).size).toBe(charged.length);
  });
});
