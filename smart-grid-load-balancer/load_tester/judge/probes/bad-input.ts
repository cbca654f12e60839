import type { GridClient } from '../system/grid-client.ts';
import { badCharges } from './bad-charges.ts';
import type { Probe, ProbeRun } from './probe.ts';
import { whys } from './whys.ts';

export const badSubstationInput: Probe = {
  property: 'bad input',
  role: 'substation',
  summary: 'a substation gets requests that mean nothing among good ones',
  why: whys.badInput,
  async run(run) {
    const { client } = await run.substation();
    await run.ask(client, { vehicle_id: 'EV_0', charge_amount: 11 });
    await sendBadCharges(run.check, client);
    await run.hasRoom(client, 80);
    await run.ask(client, { vehicle_id: 'EV_fill', charge_amount: 9 });
    // As much as a charge of -22 kW makes, if it counts.
    await run.hasNoRoom(client, 22);
  },
};

export const badBalancerInput: Probe = {
  property: 'bad input',
  role: 'balancer',
  summary: 'a balancer gets requests that mean nothing among good ones',
  why: whys.badInput,
  async run(run) {
    const bench = await run.balancer();
    await bench.polled();
    await sendBadCharges(run.check, bench.client);
    run.check(bench.charged.length === 0, 'no substation has accepted one of them', bench.charged.length);
    const { status } = await run.ask(bench.client, { vehicle_id: 'EV_2', charge_amount: 11 });
    run.check(status === 200, 'a good charge is accepted afterwards', status);
  },
};

export const badEntryInput: Probe = {
  property: 'bad input',
  role: 'entry',
  summary: 'an entry gets requests that mean nothing among good ones',
  why: whys.badInput,
  async run(run) {
    const bench = await run.entry();
    await sendBadCharges(run.check, bench.client);
    const { status } = await run.ask(bench.client, { vehicle_id: 'EV_2', charge_amount: 11 });
    run.check(status === 200, 'a good charge is accepted afterwards', status);
  },
};

/** Sends bodies that are no charge requests, and checks that each gets a 4xx. */
export async function sendBadCharges(check: ProbeRun['check'], client: GridClient): Promise<void> {
  for (const [wrong, raw] of badCharges) {
    const { status, text } = await client.chargeRaw(raw);
    const isRefused = status >= 400 && status < 500;
    check(isRefused, `${wrong} gets a 4xx`, `${status} ${text.replaceAll(/\s+/g, ' ').slice(0, 160)}`);
  }
}
