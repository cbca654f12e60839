/*
 * Deterministic simulation of the store.
 *
 * Real: the node code (ClusterNode, with causality, replication and membership). Simulated: time, the network,
 * the disks, the processes (crash, pause, restart) and the clients. HTTP is left out, but for the
 * encoding of the messages between nodes.
 *
 * A schedule is everything that one seed decides: the size and limits of the cluster, latency and loss, the
 * faults and their times, the operations of the clients, and how far each event gets before a crash. The same
 * seed repeats the same run, to the last operation: `client.ts simulate --schedules 1 --seed <seed>`.
 */

import { sleep } from '@gridclock/service-kit/scheduler';
import {
  type FaultCounts,
  type FaultPlan,
  type InjectedFault,
  injectFaults,
  planFaults,
  SeededRandom,
  VirtualClock,
} from '@gridclock/simulation-kit';
import { checkRun } from '../history/check-run.ts';
import { expandClocks } from '../history/expand-clocks.ts';
import { findingsOf } from '../history/findings.ts';
import type { History } from '../history/history.ts';
import { HistoryRecorder, type RecordedSession } from '../history/recorder.ts';
import { batchKeys } from '../workload/batch-keys.ts';
import { Onlooker } from './onlooker.ts';
import { SimulatedClient } from './simulated-client.ts';
import { SimulatedCluster, type SimulatedClusterOptions } from './simulated-cluster.ts';
import { SimulatedProcess } from './simulated-process.ts';

/** Replaces parts of the nodes, for tests that break them on purpose. */
export type NodeOverrides = Pick<SimulatedClusterOptions, 'wrapStorage' | 'wrapTransport'>;

/** The result of one schedule. */
export type SimulationResult = {
  seed: number;
  /** The planned faults. */
  faults: readonly InjectedFault[];
  /** How many faults of each kind took effect. */
  faultCounts: FaultCounts;
  operations: number;
  /** What went wrong, one sentence each; empty when every guarantee held. */
  findings: readonly string[];
  history: History;
};

/** Limit for the sessions to finish, and for the healed nodes to converge. Both take a few seconds. */
const SETTLE_LIMIT_MS = 120_000;

/** Faults begin within this time; sessions take about as long. */
const FAULT_WINDOW_MS = 4_000;

/**
 * Returns the further faults of some schedules. Three in eight also replace disks by earlier copies and start second
 * processes under one name; one of the three also moves nodes to other addresses.
 */
function identityFaults(seed: number): FaultPlan['weights'] {
  if (seed % 4 === 0) return { restore: 2, twin: 2 };
  return seed % 8 === 6 ? { restore: 2, twin: 2, readdress: 3 } : {};
}

/** Changes a seed, so that the generator of restores and rollbacks draws other numbers than that of the schedule. */
const ROLLBACK_MASK = 0x5f_3c_a1;

/**
 * Returns the rollback of one schedule in four: several nodes are restored together. It has its own generator, so that
 * the rest of the schedule stays as it would be without.
 */
function planRollback(nodes: readonly string[], seed: number, random: SeededRandom): InjectedFault[] {
  if (seed % 4 !== 1) return [];
  const untilMs = random.between(500, FAULT_WINDOW_MS);
  return planFaults(
    {
      nodes,
      untilMs,
      everyMs: untilMs / 2,
      lasting: { shortestMs: 50, longestMs: 2_500 },
      weights: { rollback: 1 },
    },
    random,
  ).slice(0, 1);
}

/**
 * Reports whether the sessions of a schedule also write batches, as in three schedules in sixteen; one of them has the
 * identity faults. The others stay as they were before there were batches.
 */
function hasBatches(seed: number): boolean {
  return seed % 8 === 7 || seed % 16 === 6;
}

/** Few keys, so that sessions contend for them. */
const KEYS = ['k1', 'k2', 'k3'];

/** Runs one cluster through the schedule of a seed, in virtual time, and checks the run. */
export async function simulate(seed: number, overrides: NodeOverrides = {}): Promise<SimulationResult> {
  const random = new SeededRandom(seed);
  const virtualClock = new VirtualClock();
  const names = ['node1', 'node2', 'node3', 'node4', 'node5'].slice(0, random.pick([3, 3, 3, 4, 5]));
  const restoreRandom = new SeededRandom(seed ^ ROLLBACK_MASK);
  const planned = planFaults(
    {
      nodes: names,
      untilMs: FAULT_WINDOW_MS,
      everyMs: random.between(150, 1_200),
      lasting: { shortestMs: 20, longestMs: random.between(100, 2_500) },
      weights: {
        hold: 1,
        drop: 2,
        duplicate: 1,
        reorder: 2,
        delay: 1,
        kill: 4,
        pause: 2,
        wipe: 1,
        cut: 2,
        fill: 2,
        split: 1,
        ...identityFaults(seed),
      },
    },
    random.fork(),
  );
  const faults = [...planned, ...planRollback(names, seed, restoreRandom)];
  const cluster = new SimulatedCluster({
    ...overrides,
    names,
    scheduler: virtualClock,
    random: random.fork(),
    restoreRandom,
    conditions: {
      latencyMs: random.pick([2, 20, 150]),
      lossRate: random.pick([0, 0.02, 0.15]),
      duplicateRate: random.pick([0, 0.05]),
    },
    // Small limits, so that buffers overflow and logs are pruned within seconds.
    limits: {
      peerWaitMs: random.integer(200, 3_000),
      bufferCapacity: {
        writes: random.pick([2, 10, 1_000]),
        bytes: random.pick([300, 2_000, 1_000_000]),
      },
      logRetention: {
        writes: random.pick([0, 3, 1_000]),
        bytes: random.pick([300, 1_000_000]),
        limitBytes: random.pick([2_000, 1_000_000]),
      },
      retireAfterMs: random.pick([200, 1_000, 3_000]),
      // One key a page: faults strike between the pages.
      snapshotPageBytes: random.pick([1, 1_000_000]),
    },
  });
  const recorder = new HistoryRecorder({ now: virtualClock.now });
  const sessions = Array.from({ length: random.integer(3, 8) }, (_, index) => {
    const name = `client${index + 1}`;
    const sessionRandom = random.fork();
    const client = new SimulatedClient(name, {
      process: new SimulatedProcess(virtualClock),
      network: cluster.network,
      addressOf: (node) => cluster.addressOf(node),
      acks: () => (sessionRandom.chance(0.2) ? 2 : 1),
    });
    const batchRate = hasBatches(seed) ? 0.15 : 0;
    return runSession(recorder.session(name, client), cluster, virtualClock, sessionRandom, batchRate);
  });
  let over = false;
  for (const name of names) {
    const node = () => cluster.nodeOf(name);
    const onlooker = new Onlooker({ name, node, keys: KEYS, recorder, scheduler: virtualClock });
    void onlooker.run(() => over);
  }
  const injection = injectFaults(faults, cluster, virtualClock);
  const faultCounts = await advanceUntilSettled(
    virtualClock,
    Promise.all([injection, ...sessions]).then(([counts]) => counts),
  );
  over = true;
  cluster.heal();
  const converged = await advanceUntil(virtualClock, () => cluster.hasConverged());
  const retired = await advanceUntil(virtualClock, () => cluster.hasRetiredDeadIds());
  // A node that waits for others may not let its data be read before the clock moves on.
  const states = (await advanceUntilSettled(virtualClock, cluster.finalStates(KEYS))) ?? [];
  const { history, finalStates } = expandClocks(recorder.history(), states);
  const check = checkRun(history, finalStates);
  const findings = [
    ...(faultCounts === undefined ? [`sessions or faults did not end within ${SETTLE_LIMIT_MS} ms`] : []),
    ...(converged ? [] : [`the nodes did not converge within ${SETTLE_LIMIT_MS} ms`]),
    ...(retired ? [] : [`the clocks have entries of dead ids after ${SETTLE_LIMIT_MS} ms`]),
    ...cluster.problems,
    ...findingsOf(check),
  ];
  const operations = check.acknowledged + check.reads + check.unknown;
  return { seed, faults, faultCounts: faultCounts ?? {}, operations, findings, history };
}

async function runSession(
  session: RecordedSession,
  cluster: SimulatedCluster,
  virtualClock: VirtualClock,
  random: SeededRandom,
  batchRate: number,
): Promise<void> {
  let node = random.pick(cluster.availableNodes);
  for (let remaining = random.integer(5, 25); remaining > 0; remaining--) {
    await sleep(virtualClock, random.between(0, 300));
    if (random.chance(0.2) || !cluster.availableNodes.includes(node))
      node = random.pick(cluster.availableNodes);
    const key = random.pick(KEYS);
    const choice = random.fraction();
    try {
      if (choice < 0.45) await session.put(key, { node });
      else if (choice < 0.52) await session.delete(key, { node });
      else if (choice < 0.52 + batchRate) await session.putAll(batchKeys(KEYS, random), { node });
      else await session.get(key, { node });
    } catch {
      // The outcome is unknown. The session continues on another node.
      node = random.pick(cluster.availableNodes);
    }
  }
}

/** @returns the promise's value, or undefined if it does not settle within the limit */
async function advanceUntilSettled<Result>(
  virtualClock: VirtualClock,
  promise: Promise<Result>,
): Promise<Result | undefined> {
  let result: Result | undefined;
  let settled = false;
  void promise.then((value) => {
    result = value;
    settled = true;
  });
  await advanceUntil(virtualClock, () => settled);
  return result;
}

/** @returns whether the condition became true within the limit */
async function advanceUntil(virtualClock: VirtualClock, condition: () => boolean): Promise<boolean> {
  const deadline = virtualClock.now() + SETTLE_LIMIT_MS;
  while (!condition()) {
    if (virtualClock.now() >= deadline) return false;
    await virtualClock.advanceAsync(100);
  }
  return true;
}
