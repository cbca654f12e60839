import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@gridclock/judge-kit';
import type { BalancerBench } from '../system/balancer-bench.ts';
import type { ScriptedSubstation } from '../system/scripted-substation.ts';
import { ChargeSeries } from './charge-series.ts';
import type { Probe, ProbeRun } from './probe.ts';
import { whys } from './whys.ts';

/** As many charges in a row prove that the failed substation has lost its favour. */
const IN_A_ROW = 4;

type Failure = { name: string; fail: (substation: ScriptedSubstation) => void | Promise<void> };

const failures: readonly Failure[] = [
  { name: 'is killed', fail: (substation) => substation.die() },
  {
    name: 'hangs',
    fail: (substation) => {
      substation.isSilent = true;
    },
  },
  {
    name: 'answers everything with a 500',
    fail: (substation) => {
      substation.charges = 'fail';
      substation.metrics = 'error';
    },
  },
];

/** One experiment for each way in which the favourite fails. */
export const deadFavourite: readonly Probe[] = failures.map(({ name, fail }) => ({
  property: 'dead favourite',
  role: 'balancer',
  summary: `the least loaded substation ${name}`,
  why: whys.deadFavourite,
  async run(run) {
    const bench = await run.balancer({ script: favourFirst });
    await bench.polled();
    const first = bench.substation(0);
    run.step('the metrics show loads of 0, 400 and 500 kW of 1,000');
    const healthy = await run.ask(bench.client, { vehicle_id: 'EV_0', charge_amount: 5 });
    run.check(healthy.status === 200, 'a charge is accepted', healthy.status);
    await fail(first);
    run.step(`${first.id}, the favourite, ${name}`);
    await succeedsElsewhere(run, bench, first);
  },
}));

function favourFirst(all: readonly ScriptedSubstation[]): void {
  for (const [index, load] of [0, 400, 500].entries()) {
    const substation = all[index];
    if (substation) substation.load = load;
  }
}

async function succeedsElsewhere(
  { soon, step }: ProbeRun,
  { client }: BalancerBench,
  failed: ScriptedSubstation,
): Promise<void> {
  const series = new ChargeSeries(client);
  const isAccepted = async () => {
    await series.send();
    const last = series.last(IN_A_ROW);
    return last.length === IN_A_ROW && last.every((answer) => answer === '200');
  };
  await soon(
    isAccepted,
    `soon ${IN_A_ROW} charges in a row succeed without ${failed.id}`,
    () => `${series.count} charges: ${series.summary()}`,
  );
  step(`POST ${client.chargePath} ${series.count} times`, series.summary());
}

/** 3 s: a substation takes as long to start, and meanwhile is polled several times. */
const DOWN_MS = 3_000;

/** 40 s, in milliseconds: balancers take one that has failed out of rotation for up to half a minute. */
const RETURN_MS = 40_000;

/** Half a second: as many charges as come until then are far from filling the others. */
const BETWEEN_MS = 500;

export const returningFavourite: Probe = {
  property: 'dead favourite',
  role: 'balancer',
  summary: 'the least loaded substation is killed, and starts again',
  why: 'A substation that runs again shows its load again. A balancer that never returns to one that has failed once loses its capacity for ever, and in the end that of every substation.',
  async run(run) {
    const bench = await run.balancer({ script: favourFirst });
    await bench.polled();
    const first = bench.substation(0);
    run.step('the metrics show loads of 0, 400 and 500 kW of 1,000');
    await first.die();
    run.step(`${first.id}, the favourite, is killed`);
    await succeedsElsewhere(run, bench, first);
    await sleep(DOWN_MS);
    await first.revive();
    run.step(`${first.id} starts again after ${DOWN_MS / 1_000} s, and shows a load of 0 kW`);
    const series = new ChargeSeries(bench.client);
    const isUsed = async () => {
      await sleep(BETWEEN_MS);
      await series.send();
      return first.charged.length > 0;
    };
    const isBack = await eventually(isUsed, RETURN_MS);
    const actual = `none of ${series.count} charges (${series.summary()})`;
    run.check(isBack, `within ${RETURN_MS / 1_000} s, it gets charges again`, actual);
  },
};

export const outage: Probe = {
  property: 'dead favourite',
  role: 'balancer',
  summary: 'every substation is killed',
  why: 'That nobody can charge is an outage of the substations, of which the balancer knows: it is a 503. A 500 says that the balancer itself is broken.',
  async run({ balancer, step, check, soon }) {
    const bench = await balancer();
    await bench.polled();
    for (const substation of bench.substations) await substation.die();
    step('every substation is killed');
    const series = new ChargeSeries(bench.client);
    const is503 = async () => {
      await series.send();
      return series.last(1).some((answer) => answer === '503' || answer === '504');
    };
    await soon(is503, 'charges soon get a 503', () => `${series.count} charges: ${series.summary()}`);
    check(bench.process.exit === undefined, 'the balancer still runs', bench.process.exit);
  },
};
