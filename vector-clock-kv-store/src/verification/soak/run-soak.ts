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
import type { SoakWatcher } from '../space-time/record-soak.ts';
import { ClientWorkload } from '../workload/client-workload.ts';
import { DiskLossGuard } from '../workload/disk-loss-guard.ts';
import { NodeAdmin } from '../workload/node-api.ts';
import { freshKeys, runWorkload, type WorkloadReport } from '../workload/workload-run.ts';
import { NodeProcesses } from './node-processes.ts';
import { ProcessBattlefield } from './process-fault-injector.ts';

export type SoakOptions = {
  seconds: number;
  seed: number;
  nodes: number;
  sessions: number;
  /** Where the nodes keep their data. */
  folder: string;
  /** Ends it early; what was done until then is judged. */
  interrupted: AbortSignal;
  /** Records what the nodes do, from when they serve until they have converged. */
  watcher?: SoakWatcher | undefined;
  /** Takes one line. */
  print: (line: string) => void;
};

/** What a soak came to. */
export type SoakReport = WorkloadReport & { strikes: FaultCounts };

/** A strike about every 1.2 s, each for up to 5 s: usually several are under way, seldom all nodes are down. */
const STRIKES = {
  everyMs: 1_200,
  lasting: { shortestMs: 200, longestMs: 5_000 },
  weights: { hold: 2, drop: 2, duplicate: 2, reorder: 2, delay: 2, kill: 2, pause: 1.5, wipe: 0.5 },
};

/** Nothing strikes in the last part, as strikes take their time to end, in milliseconds. */
const QUIET_MS = 3_000;

/** How often it tells how far it is, in milliseconds. */
const PROGRESS_MS = 5_000;

/** What will strike: nothing but the options decides it. */
export function planSoak({
  seconds,
  seed,
  nodes,
}: Pick<SoakOptions, 'seconds' | 'seed' | 'nodes'>): InjectedFault[] {
  const names = Array.from({ length: nodes }, (_, number) => `node${number + 1}`);
  const untilMs = Math.max(0, seconds * 1_000 - QUIET_MS);
  return planFaults({ nodes: names, untilMs, ...STRIKES }, new SeededRandom(seed));
}

/** Runs sessions against nodes of its own while strikes fall, heals everything, and judges what happened. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { seed, sessions, folder, print, watcher } = options;
  const nodes = await NodeProcesses.plan(options.nodes, folder, watcher !== undefined);
  const urls = new Map(nodes.names.map((name) => [name, nodes.url(name)]));
  const admin = new NodeAdmin();
  const loop = new ClientWorkload(
    (node) => nodes.url(node),
    () => disks.open,
    freshKeys(),
  );
  const disks = new DiskLossGuard({ nodes: urls, admin, underWayAt: (node) => loop.underWayAt(node) });
  const injector = new ProcessBattlefield(nodes, admin, disks);
  let strikes: FaultCounts = {};
  try {
    for (const name of nodes.names) nodes.start(name);
    await nodes.ready();
    await watcher?.begin([...urls.values()]);
    const trial = await runWorkload({
      nodes: urls,
      admin,
      loop,
      sessions,
      random: new SeededRandom(seed).fork(),
      ordeal: async () => {
        strikes = await strikeNodes(options, injector, () => loop.operations);
      },
      heal: () => injector.heal(),
      settled: watcher?.settled,
      print,
    });
    return { ...trial, strikes, findings: [...nodes.problems, ...trial.findings] };
  } finally {
    await nodes.stop();
  }
}

/** Lasts for the seconds asked for, unless it is interrupted. */
async function strikeNodes(
  options: SoakOptions,
  injector: ProcessBattlefield,
  operations: () => number,
): Promise<FaultCounts> {
  const { interrupted, print, seconds } = options;
  const ended = new AbortController();
  const stop = ended.signal;
  // Every strike listens while it waits.
  setMaxListeners(0, stop);
  realScheduler.after(seconds * 1_000, () => ended.abort());
  interrupted.addEventListener('abort', () => ended.abort());
  const striking = injectFaults(planSoak(options), injector, realScheduler, {
    stop,
    onInjected: (strike) => print(describeFault(strike)),
  });
  const [strikes] = await Promise.all([striking, tellProgress(operations, print, stop)]);
  return strikes;
}

async function tellProgress(
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
      print(
        `${Math.round((realScheduler.now() - startedAt) / 1_000)} s: ${done} operations, ${rate} a second`,
      );
      before = done;
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
