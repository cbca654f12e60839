import { type MetricsScript, metricsScripts } from '../system/metrics-page.ts';
import type { ScriptedSubstation } from '../system/scripted-substation.ts';
import type { Probe } from './probe.ts';
import { whys } from './whys.ts';

/** In kW of 1,000; more than any of the others seems to have. */
const HEALTHY_LOADS = [400, 500] as const;

export const unusableMetrics: Probe = {
  property: 'unusable metrics',
  role: 'balancer',
  summary: 'two substations show their loads, and six others NaN, nothing, garbage, an error, -1000 and -Inf',
  why: whys.unusableMetrics,
  async run(run) {
    const bench = await run.balancer({ count: scripts.length + HEALTHY_LOADS.length, script: breakMetrics });
    const broken = bench.substations.filter(({ metrics }) => metrics !== 'true');
    const healthy = bench.substations.filter(({ metrics }) => metrics === 'true');
    await bench.polled();
    for (const { id, metrics } of broken) run.step(`/metrics of ${id} shows ${metricsScripts[metrics]}`);
    for (const { id, load } of healthy) run.step(`/metrics of ${id} shows a load of ${load} kW of 1,000`);
    for (let vehicle = 1; vehicle <= 6; vehicle++) {
      const { status } = await run.ask(bench.client, { vehicle_id: `EV_${vehicle}`, charge_amount: 5 });
      run.check(status === 200, `the charge of EV_${vehicle} is accepted`, status);
    }
    const chosen = broken.filter(({ received }) => received.length > 0);
    run.check(
      chosen.length === 0,
      'all charges go to the substations that show their loads',
      chosen.map(({ id, metrics, received }) => `${received.length} to ${id} (${metricsScripts[metrics]})`),
    );
    run.check(bench.process.exit === undefined, 'the balancer still runs', bench.process.exit);
  },
};

const scripts: readonly MetricsScript[] = ['nan', 'missing', 'garbage', 'error', 'negative', 'infinite'];

function breakMetrics(all: readonly ScriptedSubstation[]): void {
  for (const [index, substation] of all.entries()) {
    substation.metrics = scripts[index] ?? 'true';
    substation.load = HEALTHY_LOADS[index - scripts.length] ?? 300;
  }
}

export const recovery: Probe = {
  property: 'unusable metrics',
  role: 'balancer',
  summary: 'all substations show NaN for a while',
  why: whys.unusableMetrics,
  async run({ balancer, tryAsk, soon, check, step }) {
    const bench = await balancer({
      script: (all) => {
        for (const substation of all) substation.metrics = 'nan';
      },
    });
    await bench.polled();
    step('every substation shows NaN');
    await tryAsk(bench.client, { vehicle_id: 'EV_1', charge_amount: 5 });
    check(bench.process.exit === undefined, 'the balancer still runs', bench.process.exit);
    for (const substation of bench.substations) substation.metrics = 'true';
    step('every substation shows its load again');
    let vehicle = 1;
    const isAccepted = async () => {
      vehicle += 1;
      const charge = { vehicle_id: `EV_${vehicle}`, charge_amount: 5 };
      return (await bench.client.charge(charge)).status === 200;
    };
    await soon(isAccepted, 'charges are accepted again');
  },
};
