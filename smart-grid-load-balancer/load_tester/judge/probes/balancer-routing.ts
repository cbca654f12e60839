import type { BalancerBench } from '../system/balancer-bench.ts';
import type { Probe, ProbeRun } from './probe.ts';

/** 5 s: the original balancer polls so rarely, and may have just polled. */
const POLLS = 2;

export const leastLoaded: Probe = {
  property: 'routing',
  role: 'balancer',
  summary: 'charges come one by one, while the loads of the substations change',
  why: 'The brief asks for the least loaded substation, by its metrics. A balancer that chooses another one overloads it while others are idle.',
  async run(run) {
    const bench = await run.balancer({ script: (all) => setLoads(all, [600, 100, 300]) });
    await bench.polled(bench.substations, POLLS);
    run.step('the metrics show loads of 600, 100 and 300 kW of 1,000');
    const answer = Object(await chargeGoesTo(run, bench, 1, { vehicle_id: 'EV_1', charge_amount: 10 }));
    const { id } = bench.substation(1);
    run.check(answer.substation_id === id, `the answer names ${id}`, answer.substation_id);
    const isAccepted = answer.status === 'accepted' && typeof answer.session_id === 'string';
    run.check(isAccepted, "the answer is the substation's, with its session_id", answer);
    setLoads(bench.substations, [600, 800, 300]);
    await bench.polled(bench.substations, POLLS);
    run.step('the metrics show loads of 600, 800 and 300 kW, and the balancer polls them');
    await chargeGoesTo(run, bench, 2, { vehicle_id: 'EV_2', charge_amount: 10 });
    setLoads(bench.substations, [50, 800, 310]);
    await bench.polled(bench.substations, POLLS);
    run.step('the metrics show loads of 50, 800 and 310 kW, and the balancer polls them');
    await chargeGoesTo(run, bench, 0, { vehicle_id: 'EV_3', charge_amount: 10 });
  },
};

function setLoads(substations: readonly { load: number }[], loads: readonly number[]): void {
  for (const [index, substation] of substations.entries()) substation.load = loads[index] ?? 0;
}

/** @returns the body of the answer */
async function chargeGoesTo(
  { ask, check }: ProbeRun,
  bench: BalancerBench,
  index: number,
  charge: { vehicle_id: string; charge_amount: number },
): Promise<unknown> {
  const { status, body } = await ask(bench.client, charge);
  check(status === 200, `the charge of ${charge.vehicle_id} is accepted`, status);
  const receiver = bench.charged.find(({ vehicle }) => vehicle === charge.vehicle_id)?.substation;
  const { id } = bench.substation(index);
  check(receiver === id, `${charge.vehicle_id} charges at ${id}, which has the least load`, receiver);
  return body;
}
