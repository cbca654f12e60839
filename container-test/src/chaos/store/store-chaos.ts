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
import { ClientWorkload } from 'vector-clock-kv-store/verification/workload/client-workload';
import { DiskLossGuard } from 'vector-clock-kv-store/verification/workload/disk-loss-guard';
import { NodeApi } from 'vector-clock-kv-store/verification/workload/node-api';
import { freshKeys, runWorkload } from 'vector-clock-kv-store/verification/workload/workload-run';
import type { Project } from '../../docker/project.ts';
import { waitUntilHealthy } from '../../docker/wait-until-healthy.ts';
import type { PartOptions } from '../../part.ts';
import type { Checks } from '../../report/checks.ts';
import { expectNoFindings } from '../../report/findings.ts';
import { formatWorkloadReport } from '../../report/format-workload-report.ts';
import { ContainerFaultInjector } from '../container-fault-injector.ts';
import { delayFaults, OPENING_MS, planOpening } from '../opening-faults.ts';
import { StoreFaultInjector } from './store-fault-injector.ts';

export type StoreChaosOptions = Pick<PartOptions, 'seed' | 'print' | 'now'> & {
  project: Project;
  /** The URLs of the nodes, node1 first. */
  nodeUrls: readonly string[];
};

/** The soak's faults, with more of those that only an engine can inject. The last one ends after about 45 s. */
const FAULTS = {
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

/** Enough to keep every node busy, and few enough that the nodes get most of the CPU. */
const SESSIONS = 16;

/** Injects faults into the nodes' containers under recorded sessions. All nodes run before and after. */
export async function checkStoreUnderFaults(checks: Checks, options: StoreChaosOptions): Promise<void> {
  await checks.check(`the store keeps its guarantees under faults, seed ${options.seed}`, async () => {
    const { counts, report } = await runUnderFaults(options);
    expectNoFindings(report.findings);
    return `${formatWorkloadReport(report)}; faults ${formatFaultCounts(counts)}`;
  });
}

async function runUnderFaults({ nodeUrls, now, print, project, seed }: StoreChaosOptions) {
  const nodes = new Map(nodeUrls.map((url, index) => [`node${index + 1}`, url]));
  const services = [...nodes.keys()];
  const random = new SeededRandom(seed);
  const api = new NodeApi();
  const workload = new ClientWorkload(
    (node) => nodes.get(node) ?? '',
    () => disks.open,
    freshKeys(`chaos-${now()}:`),
  );
  const disks = new DiskLossGuard({ nodes, api, pendingAt: (node) => workload.pendingAt(node) });
  const containers = await ContainerFaultInjector.create({ project, services, now });
  const injector = new StoreFaultInjector({ containers, nodes, api, disks });
  const stop = new AbortController();
  // Every waiting fault adds a listener.
  setMaxListeners(0, stop.signal);
  let counts: FaultCounts = {};
  try {
    const report = await runWorkload({
      nodes,
      api,
      workload,
      sessions: SESSIONS,
      random: random.fork(),
      async disturbance() {
        const schedule = [
          ...planOpening(services, random),
          ...delayFaults(planFaults({ nodes: services, ...FAULTS }, random), OPENING_MS),
        ];
        counts = await injectFaults(schedule, injector, realScheduler, {
          stop: stop.signal,
          onInjected: (fault) => print(`  ${describeFault(fault)}`),
        });
      },
      async heal() {
        await waitUntilHealthy(project, services);
        await injector.releaseLinks();
      },
      print: (line) => print(`  ${line}`),
    });
    return { report, counts };
  } finally {
    stop.abort();
    await containers.endAll();
  }
}
