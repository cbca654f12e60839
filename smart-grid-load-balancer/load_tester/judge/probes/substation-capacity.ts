import { NotJudged } from '@gridclock/judge-kit';
import { accountsOf } from '../rules/accounts.ts';
import { BURST_TIMEOUT_MS } from '../system/charges.ts';
import type { Probe } from './probe.ts';

export const overfill: Probe = {
  property: 'overfill',
  role: 'substation',
  summary: 'forty vehicles of 11 kW come at once to a substation of 100 kW',
  why: 'The substation alone knows its load, so it alone can keep it below its capacity. If it looks at the load, waits, and only then adds to it, requests that come at the same time all see room for themselves.',
  async run({ substation, check, hasNoRoom, step }) {
    const { client } = await substation();
    const charges = Array.from({ length: 40 }, (_, index) => ({
      vehicle_id: `EV_${index}`,
      charge_amount: 11,
    }));
    const responses = await Promise.all(charges.map((charge) => client.charge(charge, BURST_TIMEOUT_MS)));
    const { acceptedKw, accepted, refused } = accountsOf(charges, responses);
    step('40 concurrent POST /charge of 11 kW', `${accepted} × 200, ${refused} × 503`);
    check(acceptedKw <= 100, 'it has accepted at most 100 kW', `${acceptedKw} kW in ${accepted} sessions`);
    check(accepted === 9, 'it has accepted the 9 vehicles that fit', accepted);
    await hasNoRoom(client, 2);
  },
};

export const overfillInTurn: Probe = {
  property: 'overfill',
  role: 'substation',
  summary: 'a second vehicle comes, and both together want more than its 60 kW',
  why: 'There is room for a vehicle if its kilowatts and those of all running sessions together are at most the capacity, however little is taken yet.',
  async run({ substation, ask, check, hasNoRoom }) {
    // Not the default of 100 kW.
    const { client } = await substation({ capacity: 60 });
    const { status } = await ask(client, { vehicle_id: 'EV_1', charge_amount: 44 });
    check(status === 200, 'a charge of 44 kW is accepted', status);
    await hasNoRoom(client, 22);
  },
};

export const refusal: Probe = {
  property: 'capacity 503',
  role: 'substation',
  summary: 'a vehicle comes to a substation that has no room for it',
  why: 'A full substation works as it should: 503 says so, and the balancer tries another. A 500 says that something is broken, so that the refusal is counted as a failure.',
  async run({ substation, ask, check }) {
    const { client } = await substation();
    await ask(client, { vehicle_id: 'EV_1', charge_amount: 80 });
    const { status, body } = await ask(client, { vehicle_id: 'EV_2', charge_amount: 22 });
    if (status === 200) throw new NotJudged('the substation does not refuse what it has no room for');
    check(status === 503, 'the charge is refused with a 503', status);
    const { error, current_load, max_capacity, available_capacity } = Object(body);
    check(error === 'Insufficient capacity', 'its error is "Insufficient capacity"', error);
    const powers = { current_load, max_capacity, available_capacity };
    const isRight = current_load === 80 && max_capacity === 100 && available_capacity === 20;
    check(isRight, 'it says that 80 of 100 kW are taken and 20 are left', powers);
    const fitting = await ask(client, { vehicle_id: 'EV_3', charge_amount: 20 });
    check(fitting.status === 200, 'a charge of what is left is accepted', fitting.status);
  },
};
