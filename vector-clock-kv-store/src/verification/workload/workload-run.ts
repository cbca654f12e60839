import { realScheduler } from '@gridclock/service-kit/scheduler';
import type { SeededRandom } from '@gridclock/simulation-kit';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import { compare } from '../../causality/vector-clock.ts';
import { checkRun, type RunCheck } from '../history/check-run.ts';
import { findingsOf } from '../history/findings.ts';
import type { History } from '../history/history.ts';
import { HistoryRecorder } from '../history/recorder.ts';
import type { ClientWorkload } from './client-workload.ts';
import type { NodeAdmin } from './node-api.ts';

export type WorkloadRunOptions = {
  /** The URL of every node, by name. All serve when the trial begins. */
  nodes: ReadonlyMap<string, string>;
  admin: NodeAdmin;
  /** What the sessions do, and where; its keys are new to the store, see `freshKeys`. */
  loop: ClientWorkload;
  /** How many sessions use the nodes at once. */
  sessions: number;
  random: SeededRandom;
  /** What the nodes have to stand, strikes or a rolling update; the sessions run until it is over. */
  ordeal: () => Promise<void>;
  /** Takes back all that is still wrong. Resolves once every node serves. */
  heal: () => Promise<void>;
  /** Called once the nodes have converged, or are late. */
  settled?: (() => Promise<void>) | undefined;
  /** Takes one line. */
  print: (line: string) => void;
};

/** What a trial came to. */
export type WorkloadReport = {
  /** For how long the sessions ran. */
  elapsedMs: number;
  /** Operations that were answered, and that were not. */
  operations: number;
  failures: number;
  judgement: RunCheck;
  /** What is wrong, one sentence each; none when every promise was kept. */
  findings: readonly string[];
  history: History;
};

/** Few, so that sessions meet on them. */
const KEYS = 8;

/** Healed nodes agree in seconds; this is for a machine that does much else, in milliseconds. */
const CONVERGE_WITHIN_MS = 120_000;

/** @param run tells them from those of other runs on the same nodes, since a store keeps what was written */
export function freshKeys(run = ''): string[] {
  return Array.from({ length: KEYS }, (_, number) => `${run}hot${number + 1}`);
}

/**
 * Lets recorded sessions use nodes, wherever these run, while an ordeal goes on; then heals, waits until the nodes
 * agree, and judges what happened. Starts and stops no node.
 *
 * @throws what the ordeal or the healing throws, and Error when a node does not tell what it has in the end
 */
export async function runWorkload(options: WorkloadRunOptions): Promise<WorkloadReport> {
  const { admin, loop, nodes, print } = options;
  const recorder = new HistoryRecorder({ now: () => performance.now() });
  const elapsedMs = await underSessions(options, recorder);
  print('healing');
  await options.heal();
  const converged = await haveConverged(nodes, admin);
  const finals = await Promise.all([...nodes].map(([name, url]) => admin.finalState(name, url)));
  await options.settled?.();
  const { operations, failures } = loop;
  print(`judging ${operations} operations`);
  const history = recorder.history();
  const judgement = checkRun(history, finals);
  const findings = [
    ...(converged ? [] : [`the nodes did not converge within ${CONVERGE_WITHIN_MS} ms`]),
    ...findingsOf(judgement),
  ];
  return { elapsedMs, operations, failures, judgement, findings, history };
}

/** @returns for how long, in milliseconds */
async function underSessions(options: WorkloadRunOptions, recorder: HistoryRecorder): Promise<number> {
  const { loop, ordeal, random, sessions } = options;
  const over = new AbortController();
  const startedAt = realScheduler.now();
  const running = Array.from({ length: sessions }, (_, number) =>
    loop.run(`session${number + 1}`, recorder, random.fork(), over.signal),
  );
  await Promise.all([ordeal().finally(() => over.abort()), ...running]);
  return realScheduler.now() - startedAt;
}

async function haveConverged(nodes: ReadonlyMap<string, string>, admin: NodeAdmin): Promise<boolean> {
  const agree = async () => {
    const [first, ...others] = await Promise.all([...nodes.values()].map((url) => admin.settledClock(url)));
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
