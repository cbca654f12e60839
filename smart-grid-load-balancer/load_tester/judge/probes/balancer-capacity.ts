import type { Probe } from './probe.ts';
import { whys } from './whys.ts';

export const nextCandidate: Probe = {
  property: 'capacity 503',
  role: 'balancer',
  summary: 'the two least loaded substations refuse, because their loads have just risen',
  why: whys.fullGrid,
  async run({ balancer, step, ask, check }) {
    const bench = await balancer({
      script: ([first, second, third]) => {
        if (first) Object.assign(first, { load: 0, charges: 'refuse' });
        if (second) Object.assign(second, { load: 400, charges: 'refuse' });
        if (third) third.load = 500;
      },
    });
    await bench.polled();
    step('the metrics show loads of 0, 400 and 500 kW of 1,000; the first two refuse all the same');
    const { status } = await ask(bench.client, { vehicle_id: 'EV_1', charge_amount: 22 });
    check(status === 200, 'the charge is accepted by the third substation', status);
    check(bench.charged.length === 1, 'it is one session', bench.charged.length);
  },
};

export const fullGrid: Probe = {
  property: 'capacity 503',
  role: 'balancer',
  summary: 'every substation refuses for lack of capacity',
  why: whys.fullGrid,
  async run({ balancer, step, ask, check }) {
    const bench = await balancer({
      script: (all) => {
        for (const substation of all) Object.assign(substation, { load: 100, charges: 'refuse' });
      },
    });
    await bench.polled();
    step('the metrics show loads of 100 kW of 1,000; each substation refuses with a 503');
    const surprised = await ask(bench.client, { vehicle_id: 'EV_1', charge_amount: 22 });
    check(surprised.status === 503, 'the answer is a 503', surprised.status);
    for (const substation of bench.substations) substation.load = 1_000;
    await bench.polled();
    step('the metrics show that every substation is full');
    const { status, body } = await ask(bench.client, { vehicle_id: 'EV_2', charge_amount: 22 });
    check(status === 503, 'the answer is a 503', status);
    const { error } = Object(body);
    check(error === 'Insufficient capacity', 'its error is "Insufficient capacity"', error);
    for (const substation of bench.substations) Object.assign(substation, { load: 100, charges: 'accept' });
    await bench.polled();
    step('the metrics show loads of 100 kW again, and the substations accept');
    const later = await ask(bench.client, { vehicle_id: 'EV_3', charge_amount: 22 });
    check(later.status === 200, 'a charge is accepted again', later.status);
  },
};
