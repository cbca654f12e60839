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
import { drawVehicle } from 'smart-grid-load-balancer/workload/arrivals';
import { drawArrivals } from 'smart-grid-load-balancer/workload/profiles';
import type { Project } from '../../docker/project.ts';
import { waitUntilHealthy } from '../../docker/wait-until-healthy.ts';
import type { PartOptions } from '../../part.ts';
import type { Checks } from '../../report/checks.ts';
import { expectNoFindings } from '../../report/findings.ts';
import { ContainerFaultInjector } from '../container-fault-injector.ts';
import { checkGridEvidence, type GridEvidence, survivors } from './check-grid.ts';
import { type Attempt, type DriverHabits, Drivers } from './drivers.ts';
import { GRID_FAULTS_MS, planGridFaults } from './grid-faults.ts';
import { SubstationObserver } from './substation-observer.ts';

export type GridChaosOptions = Pick<PartOptions, 'seed' | 'print' | 'now'> & {
  project: Project;
  /** The URL of the public entry. */
  entryUrl: string;
};

const substations = ['substation_1', 'substation_2', 'substation_3'];
const balancer = 'load_balancer';
const entry = 'charge_request_service';

/**
 * Vehicles that charge little, so that many can arrive: charges get lost between request and response.
 *
 * Three substations take about 20 of them a second. That leaves room, without which the balancer would not try a
 * silent substation; with one substation down, the others fill up and reject.
 */
const AMOUNTS_KW = [0.7, 1.4, 2.2] as const;
const ARRIVALS = { profile: 'sustained', rate: 16, durationMs: GRID_FAULTS_MS } as const;

/** Around the response time of a busy grid, so that drivers leave before, during and after their admission. */
const LEAVES_WITHIN_MS = { shortest: 1, longest: 60 };

/** Injects faults into the grid's containers while vehicles arrive. All services run before and after. */
export async function checkGridUnderFaults(checks: Checks, options: GridChaosOptions): Promise<void> {
  await checks.check(`the grid charges no vehicle twice under faults, seed ${options.seed}`, async () => {
    const { counts, evidence } = await runUnderFaults(options);
    expectNoFindings(Object.values(checkGridEvidence(evidence)).flat());
    return formatEvidence(evidence, counts);
  });
}

async function runUnderFaults({ entryUrl, now, print, project, seed }: GridChaosOptions) {
  const services = [...substations, balancer, entry];
  await waitUntilHealthy(project, services);
  const observer = await SubstationObserver.start(project, substations);
  const mayPause = (service: string) => !substations.includes(service) || observer.isAttached(service);
  const injector = await ContainerFaultInjector.create({ project, services, now, mayPause });
  const drivers = new Drivers({ entryUrl, now });
  const stop = new AbortController();
  // Every waiting fault adds a listener.
  setMaxListeners(0, stop.signal);
  try {
    const schedule = planGridFaults(substations, balancer, entry, new SeededRandom(seed));
    const injecting = injectFaults(schedule, injector, realScheduler, {
      stop: stop.signal,
      onInjected: (fault) => print(`  ${describeFault(fault)}`),
    });
    const [counts] = await Promise.all([injecting, sendVehicles(drivers, `${now()}`, seed)]);
    await waitUntilHealthy(project, services);
    const incarnations = await observer.stop();
    if (!drivers.logs.some(({ attempts }) => attempts[0]?.outcome.kind === 'abandoned'))
      throw new Error('no driver left before the response, so that the run shows nothing about those who do');
    const evidence: GridEvidence = {
      drivers: drivers.logs,
      incarnations,
      faults: injector.serviceFaults,
      entry,
    };
    return { evidence, counts };
  } finally {
    stop.abort();
    await injector.endAll();
    await observer.abandon();
  }
}

/**
 * Sends vehicles to the grid.
 *
 * Every other driver chooses the request id, so that the balancer asks all substations about it before it routes the
 * request. The other requests go straight to a substation, which may have become silent. A quarter of both kinds close
 * their first connection early.
 *
 * @param run makes the vehicle names unique across runs
 */
async function sendVehicles(drivers: Drivers, run: string, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  await Promise.all(
    drawArrivals(ARRIVALS, random)
      .map((atMs) => ({ atMs, demand: drawVehicle(random, AMOUNTS_KW) }))
      .map((vehicle, index) => ({ ...vehicle, habits: drawHabits(index, random) }))
      .map(async ({ atMs, demand, habits }, index) => {
        await setTimeout(atMs);
        await drivers.charge(demand, `EV_${run}_${index}`, habits);
      }),
  );
}

function drawHabits(index: number, random: SeededRandom): DriverHabits {
  const leavesAfterMs = random.integer(LEAVES_WITHIN_MS.shortest, LEAVES_WITHIN_MS.longest);
  return { ownId: index % 2 === 0, leavesAfterMs: index % 8 < 2 ? leavesAfterMs : undefined };
}

function formatEvidence(evidence: GridEvidence, counts: FaultCounts): string {
  const { drivers, incarnations } = evidence;
  const attempts = drivers.flatMap(({ attempts }) => attempts);
  const count = (kind: Attempt['outcome']['kind']) =>
    attempts.filter(({ outcome }) => outcome.kind === kind).length;
  const ambiguous = drivers.filter((log) => log.ambiguous).length;
  const returned = drivers.filter(
    (log) => log.attempts[0]?.outcome.kind === 'abandoned' && !log.ambiguous,
  ).length;
  const surviving = survivors(evidence);
  const compared = surviving.reduce((sum, { accepted }) => sum + accepted, 0);
  const highestShare = Math.max(...incarnations.map(({ capacity, highestLoad }) => highestLoad / capacity));
  return [
    `${drivers.length} drivers sent ${attempts.length} requests: ${count('accepted')} accepted, ${count('rejected')} rejected, ${count('interrupted')} interrupted`,
    `${count('abandoned')} drivers left before their response, ${returned} came back with their request id`,
    `${count('failed')} open responses, ${count('unreachable')} failed connections while the entry was down, ${ambiguous} ambiguous drivers`,
    `faults ${formatFaultCounts(counts)}`,
    `0 vehicles charged twice in ${incarnations.length} lives of ${substations.length} substations, highest load ${Math.round(100 * highestShare)} %`,
    `responses match the counters for ${compared} charges of the ${surviving.length} lives that kept their disk`,
  ].join('; ');
}
