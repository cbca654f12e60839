import { sleep } from '@gridclock/service-kit/scheduler';
import {
  type FaultCounts,
  type InjectedFault,
  injectFaults,
  planFaults,
  SeededRandom,
  VirtualClock,
} from '@gridclock/simulation-kit';
import { checkRun } from '../history/check-run.ts';
import { findingsOf } from '../history/findings.ts';
import type { History } from '../history/history.ts';
import { HistoryRecorder, type RecordedSession } from '../history/recorder.ts';
import { SimulatedClient } from './simulated-client.ts';
import { SimulatedCluster, type SimulatedClusterOptions } from './simulated-cluster.ts';
import { Life } from './simulated-process.ts';

/** For tests that break the nodes on purpose. */
export type Alterations = Pick<SimulatedClusterOptions, 'alterStorage' | 'alterTransport'>;

/** What one schedule came to. */
export type SimulationResult = {
  seed: number;
  strikes: readonly InjectedFault[];
  counts: FaultCounts;
  operations: number;
  /** What is wrong, one sentence each; none when every promise was kept. */
  findings: readonly string[];
  history: History;
};

/** Sessions end within this time whatever strikes; a cluster that is well converges in a few seconds of it. */
const LIMIT_MS = 120_000;

/** Strikes begin within this time; sessions take about as long. */
const STRUCK_MS = 4_000;

/** Few, so that they are contended for. */
const KEYS = ['k1', 'k2', 'k3'];

/** Runs one cluster through the schedule that a seed decides, in virtual time, and judges it. */
export async function simulate(seed: number, alterations: Alterations = {}): Promise<SimulationResult> {
  const random = new SeededRandom(seed);
  const time = new VirtualClock();
  const names = ['node1', 'node2', 'node3', 'node4', 'node5'].slice(0, random.pick([3, 3, 3, 4, 5]));
  const strikes = planFaults(
    {
      nodes: names,
      untilMs: STRUCK_MS,
      everyMs: random.between(150, 1_200),
      lasting: { shortestMs: 20, longestMs: random.between(100, 2_500) },
      weights: { hold: 1, drop: 2, duplicate: 1, reorder: 2, delay: 1, kill: 4, pause: 2, wipe: 1, cut: 2 },
    },
    random.fork(),
  );
  const cluster = new SimulatedCluster({
    ...alterations,
    names,
    time,
    random: random.fork(),
    conditions: {
      latencyMs: random.pick([2, 20, 150]),
      lossShare: random.pick([0, 0.02, 0.15]),
      doubleShare: random.pick([0, 0.05]),
    },
    // Small, so that buffers overflow and logs are pruned within seconds.
    limits: {
      peerWaitMs: random.whole(200, 3_000),
      bufferCapacity: random.pick([2, 10, 1_000]),
      logRetention: random.pick([0, 3, 1_000]),
    },
  });
  const recorder = new HistoryRecorder({ now: () => time.now() });
  const sessions = Array.from({ length: random.whole(3, 8) }, (_, number) => {
    const name = `client${number + 1}`;
    const chance = random.fork();
    const client = new SimulatedClient(name, new Life(time), cluster.network, () =>
      chance.chance(0.2) ? 2 : 1,
    );
    return runSession(recorder.session(name, client), cluster, time, chance);
  });
  const striking = injectFaults(strikes, cluster, time);
  const counts = await passUntilSettled(
    time,
    Promise.all([striking, ...sessions]).then(([first]) => first),
  );
  cluster.heal();
  const converged = await passUntil(time, () => cluster.hasConverged());
  const history = recorder.history();
  const judgement = checkRun(history, await cluster.finals(KEYS));
  const findings = [
    ...(counts === undefined ? [`sessions or strikes did not end within ${LIMIT_MS} ms`] : []),
    ...(converged ? [] : [`the nodes did not converge within ${LIMIT_MS} ms`]),
    ...cluster.problems,
    ...findingsOf(judgement),
  ];
  const { acknowledged, reads, unknown } = judgement;
  return {
    seed,
    strikes,
    counts: counts ?? {},
    operations: acknowledged + reads + unknown,
    findings,
    history,
  };
}

async function runSession(
  session: RecordedSession,
  cluster: SimulatedCluster,
  time: VirtualClock,
  random: SeededRandom,
): Promise<void> {
  let node = random.pick(cluster.open);
  for (let left = random.whole(5, 25); left > 0; left--) {
    await sleep(time, random.between(0, 300));
    if (random.chance(0.2) || !cluster.open.includes(node)) node = random.pick(cluster.open);
    const key = random.pick(KEYS);
    const asked = random.fraction();
    try {
      if (asked < 0.45) await session.put(key, { node });
      else if (asked < 0.52) await session.delete(key, { node });
      else await session.get(key, { node });
    } catch {
      // Recorded as of unknown outcome; the session goes on at another node.
      node = random.pick(cluster.open);
    }
  }
}

async function passUntilSettled<Result>(
  time: VirtualClock,
  promise: Promise<Result>,
): Promise<Result | undefined> {
  let result: Result | undefined;
  let settled = false;
  void promise.then((value) => {
    result = value;
    settled = true;
  });
  await passUntil(time, () => settled);
  return result;
}

/** @returns whether `condition` came true within the limit */
async function passUntil(time: VirtualClock, condition: () => boolean): Promise<boolean> {
  const end = time.now() + LIMIT_MS;
  while (!condition()) {
    if (time.now() >= end) return false;
    await time.advanceAsync(100);
  }
  return true;
}
