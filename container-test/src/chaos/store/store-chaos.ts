import { setMaxListeners } from 'node:events';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import {
  describeFault,
  type FaultCounts,
  formatFaultCounts,
  injectFaults,
  planFaults,
  SeededRandom,
} from '@gridclock/simulation-kit';
import { ClientWorkload } from 'vector-clock-kv-store/verification/workload/client-workload.ts';
import { DiskLossGuard } from 'vector-clock-kv-store/verification/workload/disk-loss-guard.ts';
import { NodeAdmin } from 'vector-clock-kv-store/verification/workload/node-api.ts';
import { freshKeys, runWorkload } from 'vector-clock-kv-store/verification/workload/workload-run.ts';
import { waitUntilHealthy } from '../../docker/health.ts';
import type { Project } from '../../docker/project.ts';
import type { PartOptions } from '../../part.ts';
import type { Checks } from '../../report/checks.ts';
import { tellTrial } from '../../report/format-workload-run.ts';
import { listFindings } from '../../report/list-findings.ts';
import { StruckContainers } from '../container-fault-injector.ts';
import { later, OPENING_MS, planOpening } from '../opening-faults.ts';
import { StoreFaultInjector } from './store-fault-injector.ts';

export type StoreChaosOptions = Pick<PartOptions, 'seed' | 'write' | 'now'> & {
  project: Project;
  /** Where the nodes are published, node1 first. */
  nodeUrls: readonly string[];
};

/** As in the soak of local processes, with more of what only an engine can do. The last strike ends after 45 s or so. */
const STRIKES = {
  untilMs: 30_000,
  everyMs: 1_200,
  lasting: { shortestMs: 500, longestMs: 5_000 },
  weights: {
    hold: 1,
    drop: 1,
    duplicate: 1,
    reorder: 1,
    delay: 1,
    kill: 2,
    crash: 1.5,
    pause: 2,
    disconnect: 3,
    wipe: 0.7,
  },
};

/** Enough that every node is always asked something, and few enough that the nodes, not these, use the machine. */
const SESSIONS = 16;

/** Strikes the nodes' containers while recorded sessions use them. All are up before and after. */
export async function checkStoreUnderFire(checks: Checks, options: StoreChaosOptions): Promise<void> {
  await checks.check(
    `the store keeps every promise while its containers are struck, seed ${options.seed}`,
    async () => {
      const { report, strikes } = await underFire(options);
      if (report.findings.length > 0) throw new Error(listFindings(report.findings));
      return tellTrial(report, `strikes ${formatFaultCounts(strikes)}`);
    },
  );
}

async function underFire({ nodeUrls, now, project, seed, write }: StoreChaosOptions) {
  const nodes = new Map(nodeUrls.map((url, index) => [`node${index + 1}`, url]));
  const services = [...nodes.keys()];
  const random = new SeededRandom(seed);
  const admin = new NodeAdmin();
  const loop = new ClientWorkload(
    (node) => nodes.get(node) ?? '',
    () => disks.open,
    freshKeys(`chaos-${now()}:`),
  );
  const disks = new DiskLossGuard({ nodes, admin, underWayAt: (node) => loop.underWayAt(node) });
  const containers = await StruckContainers.of({ project, services, now });
  const injector = new StoreFaultInjector({ containers, nodes, admin, disks });
  const stop = new AbortController();
  // Every strike listens while it waits.
  setMaxListeners(0, stop.signal);
  let strikes: FaultCounts = {};
  try {
    const report = await runWorkload({
      nodes,
      admin,
      loop,
      sessions: SESSIONS,
      random: random.fork(),
      async ordeal() {
        strikes = await injectFaults(
          [
            ...planOpening(services, random),
            ...later(planFaults({ nodes: services, ...STRIKES }, random), OPENING_MS),
          ],
          injector,
          realScheduler,
          {
            stop: stop.signal,
            onInjected: (strike) => write(`  ${describeFault(strike)}`),
          },
        );
      },
      async heal() {
        await waitUntilHealthy(project, services);
        await injector.heal();
      },
      print: (line) => write(`  ${line}`),
    });
    return { report, strikes };
  } finally {
    stop.abort();
    await containers.restore();
  }
}
