import type { ReceivedCharge } from '../system/charges.ts';
import type { GridClient } from '../system/grid-client.ts';
import type { Probe, ProbeRun } from './probe.ts';

const why =
  'The driver has asked for so many kilowatts at a priority, which decides how long the session lasts. A service that changes them on the way charges the vehicle otherwise than its driver was told.';

/** 7.4 kW: what a car takes from one phase of 32 A. */
const charge = { vehicle_id: 'EV_1', charge_amount: 7.4, priority: 'high' };

export const passedToSubstation: Probe = {
  property: 'accounting',
  role: 'balancer',
  summary: 'a balancer gets a charge of 7.4 kW with high priority',
  why,
  async run(run) {
    const bench = await run.balancer();
    await bench.polled();
    await arrives(run, bench.client, () => bench.charged);
  },
};

export const passedToBalancer: Probe = {
  property: 'accounting',
  role: 'entry',
  summary: 'an entry gets a charge of 7.4 kW with high priority',
  why,
  async run(run) {
    const { balancer, client } = await run.entry();
    await arrives(run, client, () => balancer.charged);
  },
};

async function arrives(
  { ask, check }: ProbeRun,
  client: GridClient,
  charged: () => readonly ReceivedCharge[],
): Promise<void> {
  const { status } = await ask(client, charge);
  check(status === 200, 'the charge is accepted', status);
  check(charged().length === 1, 'it has arrived once', charged().length);
  const [{ vehicle, kw, priority } = { vehicle: '', kw: 0, priority: undefined }] = charged();
  const isSame = vehicle === charge.vehicle_id && kw === charge.charge_amount && priority === charge.priority;
  check(isSame, 'it has arrived as it was sent', { vehicle_id: vehicle, charge_amount: kw, priority });
}
