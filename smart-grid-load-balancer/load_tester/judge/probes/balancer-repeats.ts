import { NotJudged } from '@gridclock/judge-kit';
import { findDoubleCharges, formatDoubleCharges } from '../rules/double-charges.ts';
import type { BalancerBench } from '../system/balancer-bench.ts';
import type { ChargeScript, ScriptedSubstation } from '../system/scripted-substation.ts';
import type { Probe, ProbeRun } from './probe.ts';
import { whys } from './whys.ts';

/** 20 s, in milliseconds: longer than most balancers wait for a substation, twice. */
const REQUEST_TIMEOUT_MS = 20_000;

/** One experiment for each way in which the answer of a substation gets lost. */
export const lostAnswers: readonly Probe[] = (
  [
    ['lose', 'the connection breaks before its answer'],
    ['hang', 'its answer never comes'],
  ] satisfies [ChargeScript, string][]
).map(([script, name]) => ({
  property: 'double charge',
  role: 'balancer',
  summary: `a substation accepts a charge, and ${name}`,
  why: whys.doubleCharge,
  async run(run) {
    const bench = await run.balancer({ script: favourFirst });
    await bench.polled();
    bench.substation(0).charges = script;
    run.step(
      `the metrics show loads of 0, 400 and 500 kW; from now on, ${bench.substation(0).id} accepts, and ${name}`,
    );
    await run.tryAsk(bench.client, { vehicle_id: 'EV_1', charge_amount: 22 }, REQUEST_TIMEOUT_MS);
    checkSessions(run, bench);
  },
}));

export const repeatedRequest: Probe = {
  property: 'double charge',
  role: 'balancer',
  summary: 'a client repeats its charge with the same request_id',
  why: whys.doubleCharge,
  async run(run) {
    const bench = await run.balancer();
    await bench.polled();
    await repeat(run, bench, () => {});
  },
};

export const repeatAfterBalancerRestart: Probe = {
  property: 'double charge',
  role: 'balancer',
  summary: 'the balancer is killed after a charge, starts again, and the client repeats it',
  why: whys.doubleCharge,
  async run(run) {
    const bench = await run.balancer({ hasDisk: true });
    await bench.polled();
    await repeat(run, bench, async () => {
      if (!(await bench.hasData()))
        throw new NotJudged('the balancer keeps nothing in DATA_DIR, so a restart forgets whom it has asked');
      await bench.restart();
      run.step('kill -9 the balancer, and start it again');
      await bench.polled();
    });
  },
};

async function repeat(
  run: ProbeRun,
  bench: BalancerBench,
  between: () => void | Promise<void>,
): Promise<void> {
  const charge = { vehicle_id: 'EV_1', charge_amount: 22, request_id: 'request-1' };
  const first = await run.ask(bench.client, charge);
  run.check(first.status === 200, 'the charge is accepted', first.status);
  await between();
  await run.tryAsk(bench.client, charge, REQUEST_TIMEOUT_MS);
  checkSessions(run, bench);
}

function checkSessions({ check }: ProbeRun, { charged }: BalancerBench): void {
  const found = findDoubleCharges(charged);
  check(found.length === 0, 'the vehicle has one session', formatDoubleCharges(found));
}

function favourFirst(all: readonly ScriptedSubstation[]): void {
  for (const [index, load] of [0, 400, 500].entries()) {
    const substation = all[index];
    if (substation) substation.load = load;
  }
}
