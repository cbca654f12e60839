import { NotJudged } from '@gridclock/judge-kit';
import { findHerd } from '../rules/herd.ts';
import type { BalancerBench } from '../system/balancer-bench.ts';
import type { Probe, ProbeRun } from './probe.ts';
import { whys } from './whys.ts';

const BURST = 12;

/** A poll may come in the middle of a burst; three times in a row that is no chance. */
const TRIES = 3;

/** 100 ms: as long as a real substation takes that stores the session. */
const DELAY_MS = 100;

/** 2 s: a burst takes half a second on a busy machine, and should fit between two polls. */
const POLL_INTERVAL_MS = 2_000;

export const concurrentHerd: Probe = {
  property: 'herd',
  role: 'balancer',
  summary: 'twelve vehicles come at once, right after a poll',
  why: whys.herd,
  run: (run) =>
    judgeBursts(run, async ({ client }, vehicles) => {
      await Promise.all(vehicles.map((vehicle_id) => run.ask(client, { vehicle_id, charge_amount: 22 })));
    }),
};

export const sequentialHerd: Probe = {
  property: 'herd',
  role: 'balancer',
  summary: 'twelve vehicles come one after another, right after a poll',
  why: whys.herd,
  run: (run) =>
    judgeBursts(run, async (bench, vehicles) => {
      for (const substation of bench.substations) substation.delayMs = 0;
      for (const vehicle_id of vehicles) await run.ask(bench.client, { vehicle_id, charge_amount: 22 });
    }),
};

async function judgeBursts(
  run: ProbeRun,
  send: (bench: BalancerBench, vehicles: readonly string[]) => Promise<void>,
): Promise<void> {
  const bench = await run.balancer({ pollIntervalMs: POLL_INTERVAL_MS });
  for (let attempt = 0; attempt < TRIES; attempt++) {
    for (const [index, substation] of bench.substations.entries()) {
      substation.load = 10 + index;
      substation.delayMs = DELAY_MS;
    }
    run.step('the metrics show loads of 10, 11 and 12 kW of 1,000, and the balancer polls them');
    await bench.polled();
    const before = bench.arrivals.length;
    const vehicles = Array.from({ length: BURST }, (_, index) => `EV_${attempt * BURST + index}`);
    await send(bench, vehicles);
    const burst = bench.arrivals.slice(before);
    const finding = findHerd(burst);
    if (finding.kind === 'unclear') continue;
    const counts = bench.substations.map(
      ({ id }) => `${burst.filter(({ substation }) => substation === id).length} to ${id}`,
    );
    run.check(
      finding.kind === 'spread',
      'the charges between two polls go to more than one substation',
      finding.kind === 'herd'
        ? `${finding.count} charges without a poll in between, all to ${finding.substation} (${counts.join(', ')})`
        : undefined,
    );
    return;
  }
  throw new NotJudged(
    `polls cut each of ${TRIES} bursts into pieces too short to show how charges are spread`,
  );
}
