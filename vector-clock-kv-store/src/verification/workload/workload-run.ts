import { realScheduler } from '@gridclock/service-kit/scheduler';
import type { SeededRandom } from '@gridclock/simulation-kit';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import { compare } from '../../causality/vector-clock.ts';
import { checkRun, type RunCheck } from '../history/check-run.ts';
import { expandClocks } from '../history/expand-clocks.ts';
import { findingsOf } from '../history/findings.ts';
import type { History } from '../history/history.ts';
import { HistoryRecorder } from '../history/recorder.ts';
import type { ClientWorkload } from './client-workload.ts';
import type { NodeApi } from './node-api.ts';

export type WorkloadRunOptions = {
  /** The URL of every node, by name. All nodes serve when the run begins. */
  nodes: ReadonlyMap<string, string>;
  api: NodeApi;
  /** What the sessions do, and on which nodes. Its keys must be unused; see `freshKeys`. */
  workload: ClientWorkload;
  /** How many sessions run concurrently. */
  sessions: number;
  random: SeededRandom;
  /** What the nodes must withstand: faults or a rolling update. The sessions run until it resolves. */
  disturbance: () => Promise<void>;
  /** Ends all remaining faults. Resolves once every node serves. */
  heal: () => Promise<void>;
  /** Called when the nodes have converged, or have failed to in time. */
  onSettled?: (() => Promise<void>) | undefined;
  /** Prints one line. */
  print: (line: string) => void;
};

export type WorkloadReport = {
  /** How long the sessions ran. */
  elapsedMs: number;
  /** Operations that succeeded, and that failed. */
  operations: number;
  failures: number;
  check: RunCheck;
  /** Violated guarantees, one sentence each. */
  findings: readonly string[];
  history: History;
};

/** Few keys, so that sessions conflict often. */
const KEYS = 8;

/** In milliseconds. Healed nodes agree within seconds; two minutes suffice on an overloaded machine. */
const CONVERGE_WITHIN_MS = 120_000;

/** Returns the keys of one run. @param run a prefix that no earlier run on the same nodes used */
export function freshKeys(run = ''): string[] {
  return Array.from({ length: KEYS }, (_, number) => `${run}hot${number + 1}`);
}

/**
 * Runs recorded sessions during a disturbance, then heals the nodes, waits for convergence, and checks the history.
 * It neither starts nor stops nodes, so they may run anywhere.
 *
 * @throws whatever the disturbance or healing throws, and Error when a node's final state cannot be read
 */
export async function runWorkload(options: WorkloadRunOptions): Promise<WorkloadReport> {
  const { api, nodes, print, workload } = options;
  const recorder = new HistoryRecorder({ now: () => performance.now() });
  const elapsedMs = await runSessions(options, recorder);
  print('healing');
  await options.heal();
  const converged = await haveConverged(nodes, api);
  const finals = await Promise.all([...nodes].map(([name, url]) => api.finalState(name, url)));
  await options.onSettled?.();
  const { operations, failures } = workload;
  print(`checking ${operations} operations`);
  const { history, finalStates } = expandClocks(recorder.history(), finals);
  const check = checkRun(history, finalStates);
  const findings = [
    ...(converged ? [] : [`the nodes did not converge within ${CONVERGE_WITHIN_MS} ms`]),
    ...findingsOf(check),
  ];
  return { elapsedMs, operations, failures, check, findings, history };
}

/** Runs the sessions until the disturbance is over; resolves to the elapsed milliseconds. */
async function runSessions(options: WorkloadRunOptions, recorder: HistoryRecorder): Promise<number> {
  const { disturbance, random, sessions, workload } = options;
  const over = new AbortController();
  const startedAt = realScheduler.now();
  const running = Array.from({ length: sessions }, (_, number) =>
    workload.run(`session${number + 1}`, recorder, random.fork(), over.signal),
  );
  await Promise.all([disturbance().finally(() => over.abort()), ...running]);
  return realScheduler.now() - startedAt;
}

async function haveConverged(nodes: ReadonlyMap<string, string>, api: NodeApi): Promise<boolean> {
  const agree = async () => {
    const [first, ...others] = await Promise.all([...nodes.values()].map((url) => api.settledClock(url)));
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
