import { setMaxListeners } from 'node:events';
import { setInterval } from 'node:timers/promises';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import {
  describeFault,
  type FaultCounts,
  type InjectedFault,
  injectFaults,
  planFaults,
  SeededRandom,
} from '@gridclock/simulation-kit';
import type { SoakObserver } from '../soak-report/soak-observer.ts';
import { ClientWorkload } from '../workload/client-workload.ts';
import { DiskLossGuard } from '../workload/disk-loss-guard.ts';
import { NodeApi } from '../workload/node-api.ts';
import { freshKeys, runWorkload, type WorkloadReport } from '../workload/workload-run.ts';
import { NodeProcesses } from './node-processes.ts';
import { ProcessFaultInjector } from './process-fault-injector.ts';

export type SoakOptions = {
  seconds: number;
  seed: number;
  nodes: number;
  sessions: number;
  /** The parent of the nodes' data directories. */
  dataRoot: string;
  /** Ends the soak early; the history up to then is checked. */
  interrupted: AbortSignal;
  observer?: SoakObserver | undefined;
  /** Prints one line. */
  print: (line: string) => void;
};

export type SoakReport = WorkloadReport & { faults: FaultCounts };

/** The environment variables of every node. */
const NODE_ENVIRONMENT = {
  LOG_LEVEL: 'error',
  // Small, so that a node that was down or lost its disk sometimes needs a snapshot.
  LOG_RETENTION: '500',
  // 3 s: a node with an empty disk waits for its peers, some of which may be down.
  PEER_WAIT_MS: '3000',
  // Small, so that a flood exceeds the limit of the log and the node that missed it needs a snapshot.
  LOG_RETENTION_BYTES: '4000000',
  LOG_LIMIT_BYTES: '16000000',
};

/** A fault every 1.2 s on average, each for up to 5 s: usually several overlap, and rarely all nodes are down. */
const FAULT_PLAN = {
  everyMs: 1_200,
  lasting: { shortestMs: 200, longestMs: 5_000 },
  weights: {
    hold: 1.5,
    drop: 2,
    duplicate: 1.5,
    reorder: 2,
    delay: 1.5,
    cut: 1,
    disconnect: 1,
    split: 0.8,
    flood: 0.9,
    kill: 1.3,
    pause: 1.2,
    wipe: 0.7,
    restore: 0.7,
    twin: 0.7,
    readdress: 0.7,
  },
};

/** No fault begins in the last 3 s, because faults take time to end; in milliseconds. */
const QUIET_MS = 3_000;

/** The interval between progress lines, in milliseconds. */
const PROGRESS_MS = 5_000;

/** Plans the faults of a soak. The same options always give the same faults. */
export function planSoak({
  seconds,
  seed,
  nodes,
}: Pick<SoakOptions, 'seconds' | 'seed' | 'nodes'>): InjectedFault[] {
  const names = Array.from({ length: nodes }, (_, number) => `node${number + 1}`);
  const untilMs = Math.max(0, seconds * 1_000 - QUIET_MS);
  return planFaults({ nodes: names, untilMs, ...FAULT_PLAN }, new SeededRandom(seed));
}

/** Starts nodes, runs recorded sessions on them during faults, heals everything, and checks the history. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { seed, sessions, dataRoot, print, observer } = options;
  const nodes = await NodeProcesses.plan({
    count: options.nodes,
    dataRoot,
    environment: { ...NODE_ENVIRONMENT, TRACE: observer === undefined ? '0' : '1' },
  });
  const urls = nodes.urlsByName;
  const api = new NodeApi();
  const workload = new ClientWorkload(
    (node) => nodes.url(node),
    () => disks.open,
    freshKeys(),
    observer?.onOperation,
  );
  const disks = new DiskLossGuard({ nodes: urls, api, pendingAt: (node) => workload.pendingAt(node) });
  const injector = new ProcessFaultInjector({ nodes, api, disks, dataRoot, print });
  let faults: FaultCounts = {};
  try {
    await nodes.start(...nodes.names);
    await observer?.onReady(urls, api);
    const report = await runWorkload({
      nodes: urls,
      api,
      workload,
      sessions,
      random: new SeededRandom(seed).fork(),
      disturbance: async () => {
        faults = await disturb(options, injector, () => workload.operations);
      },
      heal: () => injector.heal(),
      onSettled: observer?.onSettled,
      print,
    });
    return { ...report, faults, findings: [...nodes.problems, ...report.findings] };
  } finally {
    await nodes.stop();
  }
}

/** Injects faults for the requested time, unless interrupted. */
async function disturb(
  options: SoakOptions,
  injector: ProcessFaultInjector,
  operations: () => number,
): Promise<FaultCounts> {
  const { interrupted, observer, print, seconds } = options;
  // A recording reads each node's trace at one address.
  const faults = planSoak(options).filter(({ kind }) => observer === undefined || kind !== 'readdress');
  const over = new AbortController();
  const stop = over.signal;
  // Every waiting fault adds a listener.
  setMaxListeners(0, stop);
  const cancelEnd = realScheduler.after(seconds * 1_000, () => over.abort());
  interrupted.addEventListener('abort', () => over.abort());
  const injecting = injectFaults(faults, injector, realScheduler, {
    stop,
    onInjected: (fault) => {
      print(describeFault(fault));
      observer?.onFaultBegan(fault);
    },
    onEnded: (fault) => observer?.onFaultEnded(fault),
    onFailed: () => over.abort(),
  });
  try {
    const [counts] = await Promise.all([injecting, printProgress(operations, print, stop)]);
    return counts;
  } finally {
    cancelEnd();
  }
}

async function printProgress(
  operations: () => number,
  print: (line: string) => void,
  stop: AbortSignal,
): Promise<void> {
  const startedAt = realScheduler.now();
  let before = 0;
  try {
    for await (const _ of setInterval(PROGRESS_MS, undefined, { signal: stop })) {
      const done = operations();
      const rate = Math.round(((done - before) * 1_000) / PROGRESS_MS);
      const seconds = Math.round((realScheduler.now() - startedAt) / 1_000);
      print(`${seconds} s: ${done} operations, ${rate} per second`);
      before = done;
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
