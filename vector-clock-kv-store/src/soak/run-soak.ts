import { setMaxListeners } from 'node:events';
import { setInterval } from 'node:timers/promises';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import type { History } from '../history/history.ts';
import { HistoryRecorder } from '../history/recorder.ts';
import { realScheduler } from '../scheduler.ts';
import type { SoakWatcher } from '../space-time/record-soak.ts';
import { compare } from '../vector-clock.ts';
import { findingsOf } from './findings.ts';
import { judgeRun, type RunJudgement } from './judge-run.ts';
import { NodeAdmin } from './node-admin.ts';
import { NodeProcesses } from './node-processes.ts';
import { ProcessBattlefield } from './process-battlefield.ts';
import { SeededRandom } from './seeded-random.ts';
import { SessionLoop } from './session-loop.ts';
import { runStrikes, type StrikeCounts } from './strike-runner.ts';
import { describeStrike, planStrikes, type Strike } from './strikes.ts';

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

export type SoakReport = {
  /** For how long the sessions ran. */
  elapsedMs: number;
  /** Operations that were answered, and that were not. */
  operations: number;
  failures: number;
  strikes: StrikeCounts;
  judgement: RunJudgement;
  /** What is wrong, one sentence each. */
  findings: readonly string[];
  history: History;
};

/** Few, so that sessions meet on them. */
const KEYS = Array.from({ length: 8 }, (_, number) => `hot${number + 1}`);

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

/** Healed nodes agree in seconds; this is for a machine that does much else, in milliseconds. */
const CONVERGE_WITHIN_MS = 120_000;

/** What will strike: nothing but the options decides it. */
export function planSoak({
  seconds,
  seed,
  nodes,
}: Pick<SoakOptions, 'seconds' | 'seed' | 'nodes'>): Strike[] {
  const names = Array.from({ length: nodes }, (_, number) => `node${number + 1}`);
  const untilMs = Math.max(0, seconds * 1_000 - QUIET_MS);
  return planStrikes({ nodes: names, untilMs, ...STRIKES }, new SeededRandom(seed));
}

/** Runs sessions against nodes of its own while strikes fall, heals everything, and judges what happened. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { seconds, seed, sessions, folder, interrupted, print } = options;
  const nodes = await NodeProcesses.plan(options.nodes, folder, options.watcher !== undefined);
  const admin = new NodeAdmin();
  const recorder = new HistoryRecorder({ now: () => performance.now() });
  const loop = new SessionLoop(
    (node) => nodes.url(node),
    () => battlefield.open,
    KEYS,
  );
  const battlefield = new ProcessBattlefield(nodes, admin, (node) => loop.underWayAt(node));
  try {
    for (const name of nodes.names) nodes.start(name);
    await nodes.ready();
    await options.watcher?.begin(nodes.names.map((name) => nodes.url(name)));
    const ended = new AbortController();
    // Every strike listens while it waits.
    setMaxListeners(0, ended.signal);
    realScheduler.after(seconds * 1_000, () => ended.abort());
    interrupted.addEventListener('abort', () => ended.abort());
    const stop = ended.signal;
    const startedAt = realScheduler.now();
    const random = new SeededRandom(seed).fork();
    const running = Array.from({ length: sessions }, (_, number) =>
      loop.run(`session${number + 1}`, recorder, random.fork(), stop),
    );
    const telling = tellProgress(() => loop.operations, print, stop);
    const striking = runStrikes(planSoak(options), battlefield, realScheduler, {
      stop,
      tell: (strike) => print(describeStrike(strike)),
    });
    const [strikes] = await Promise.all([striking, telling, ...running]);
    const elapsedMs = realScheduler.now() - startedAt;
    print('healing');
    await battlefield.heal();
    const converged = await haveConverged(nodes, admin);
    const finals = await Promise.all(nodes.names.map((name) => admin.finalState(name, nodes.url(name))));
    await options.watcher?.settled();
    const history = recorder.history();
    print(`judging ${loop.operations} operations`);
    const judgement = judgeRun(history, finals);
    const findings = [
      ...(converged ? [] : [`the nodes did not converge within ${CONVERGE_WITHIN_MS} ms`]),
      ...nodes.problems,
      ...findingsOf(judgement),
    ];
    const { operations, failures } = loop;
    return { elapsedMs, operations, failures, strikes, judgement, findings, history };
  } finally {
    await nodes.stop();
  }
}

async function haveConverged(nodes: NodeProcesses, admin: NodeAdmin): Promise<boolean> {
  const agree = async () => {
    const [first, ...others] = await Promise.all(
      nodes.names.map((name) => admin.settledClock(nodes.url(name))),
    );
    return (
      first !== undefined && others.every((other) => other !== undefined && compare(first, other) === 'equal')
    );
  };
  try {
    await pWaitFor(agree, { interval: 200, timeout: CONVERGE_WITHIN_MS });
    return true;
  } catch (error) {
    if (error instanceof TimeoutError) return false;
    throw error;
  }
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
