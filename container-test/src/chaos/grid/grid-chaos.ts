import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import {
  describeFault,
  type FaultCounts,
  formatFaultCounts,
  injectFaults,
  SeededRandom,
} from '@gridclock/simulation-kit';
import { drawVehicle } from 'smart-grid-load-balancer/workload/arrivals.ts';
import { drawArrivals } from 'smart-grid-load-balancer/workload/profiles.ts';
import { waitUntilHealthy } from '../../docker/health.ts';
import type { Project } from '../../docker/project.ts';
import type { PartOptions } from '../../part.ts';
import type { Checks } from '../../report/checks.ts';
import { listFindings } from '../../report/list-findings.ts';
import { StruckContainers } from '../container-fault-injector.ts';
import { type GridEvidence, judgeGrid, survivors } from './check-grid.ts';
import { Drivers } from './drivers.ts';
import { GRID_STRIKES_MS, planGridStrikes } from './grid-faults.ts';
import { SubstationWatch } from './substation-observer.ts';

export type GridChaosOptions = Pick<PartOptions, 'seed' | 'write' | 'now'> & {
  project: Project;
  /** Where the public entry is published. */
  entryUrl: string;
};

const substations = ['substation_1', 'substation_2', 'substation_3'];
const balancer = 'load_balancer';
const entry = 'charge_request_service';

/**
 * Vehicles so small that many come in a short time, for what is lost is lost between question and answer. Three
 * substations take some 20 of them a second: there is room, without which nobody is sent to a substation that is
 * silent, and with one of them struck the others fill up, and refuse.
 */
const AMOUNTS_KW = [0.7, 1.4, 2.2] as const;
const ARRIVALS = { profile: 'sustained', rate: 16, durationMs: GRID_STRIKES_MS } as const;

/** Strikes the grid's containers while vehicles arrive. All are up before and after. */
export async function checkGridUnderFire(checks: Checks, options: GridChaosOptions): Promise<void> {
  await checks.check(`the grid charges nobody twice while it is struck, seed ${options.seed}`, async () => {
    const { evidence, strikes } = await underFire(options);
    const findings = Object.values(judgeGrid(evidence)).flat();
    if (findings.length > 0) throw new Error(listFindings(findings));
    return tell(evidence, strikes);
  });
}

async function underFire({ entryUrl, now, project, seed, write }: GridChaosOptions) {
  const services = [...substations, balancer, entry];
  // A substation that no strike ends is judged by all that it ever counted.
  await project.compose('restart', ...substations);
  await waitUntilHealthy(project, services);
  const watch = await SubstationWatch.begin(project, substations);
  const mayPause = (service: string) => !substations.includes(service) || watch.isInside(service);
  const containers = await StruckContainers.of({ project, services, now, mayPause });
  const drivers = new Drivers({ entryUrl, now });
  const stop = new AbortController();
  // Every strike listens while it waits.
  setMaxListeners(0, stop.signal);
  try {
    const plan = planGridStrikes(substations, balancer, entry, new SeededRandom(seed));
    const striking = injectFaults(plan, containers, realScheduler, {
      stop: stop.signal,
      onInjected: (strike) => write(`  ${describeFault(strike)}`),
    });
    const [strikes] = await Promise.all([striking, sendVehicles(drivers, `${now()}`, seed)]);
    await waitUntilHealthy(project, services);
    const lives = await watch.stop();
    const evidence: GridEvidence = { drives: drivers.drives, lives, blows: containers.blows, entry };
    return { evidence, strikes };
  } finally {
    stop.abort();
    await containers.restore();
    await watch.abandon();
  }
}

/**
 * Every other request has an id from the start, about which the balancer asks all substations before it sends it on.
 * The others go straight to a substation, also to one that has fallen silent.
 *
 * @param run makes the vehicles' names new to the grid
 */
async function sendVehicles(drivers: Drivers, run: string, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  await Promise.all(
    drawArrivals(ARRIVALS, random)
      .map((atMs) => ({ atMs, wish: drawVehicle(random, AMOUNTS_KW) }))
      .map(async ({ atMs, wish }, index) => {
        await setTimeout(atMs);
        await drivers.drive(wish, `EV_${run}_${index}`, index % 2 === 0);
      }),
  );
}

function tell(evidence: GridEvidence, strikes: FaultCounts): string {
  const { drives, lives } = evidence;
  const attempts = drives.flatMap(({ attempts }) => attempts);
  const count = (kind: string) => attempts.filter(({ answer }) => answer.kind === kind).length;
  const living = survivors(evidence);
  const shares = lives.map(({ capacity, highestLoad }) => highestLoad / capacity);
  return [
    `${drives.length} drivers asked ${attempts.length} times: ${count('charged')} charged, ${count('full')} told that the grid is full`,
    `${count('again')} answers left it open, ${drives.filter(({ stranded }) => stranded).length} never heard, ${count('fault')} connections failed while the entry was down`,
    `strikes ${formatFaultCounts(strikes)}`,
    `charged twice 0 in ${lives.length} lives of ${substations.length} substations, highest load ${Math.round(100 * Math.max(...shares))} %`,
    `told and counted agree on ${living.reduce((sum, { accepted }) => sum + accepted, 0)} charges of the ${living.length} last lives`,
  ].join('; ');
}
