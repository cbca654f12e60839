import { createDataDirectory, morePatience, patienceAfter } from '@gridclock/judge-kit';
import type { ClusterProbe } from './cluster/cluster-probe.ts';
import { JudgedCluster } from './cluster/judged-cluster.ts';
import type { Dialect } from './dialect/dialect.ts';
import { type NodeObservation, observeNodes } from './observe.ts';
import type { Probe } from './probes/probe.ts';
import { Bench } from './system/bench.ts';
import type { ProbeResult } from './verdict.ts';

export type JudgedProgram = {
  command: string;
  count: number;
  dialect: Dialect;
  patienceMs: number;
  startMs?: number | undefined;
};

/** What came of one run of a probe. */
export type Attempt = {
  result: ProbeResult;
  /** Runs it again with more patience, if the node was late: the machine may have been busy. */
  again?: () => Promise<ProbeResult>;
};

/** Runs one probe against fresh nodes, and stops them whatever happens. */
export async function runProbe(probe: Probe, program: JudgedProgram): Promise<Attempt> {
  return withMorePatience(
    (patienceMs, isRepeated) => attempt(probe, { ...program, patienceMs }, isRepeated),
    program,
  );
}

/** Runs one probe against a fresh cluster, likewise. */
export async function runClusterProbe(probe: ClusterProbe, program: JudgedProgram): Promise<Attempt> {
  return withMorePatience((patienceMs) => attemptWithCluster(probe, { ...program, patienceMs }), program);
}

type TimedAttempt = { result: ProbeResult; isLate: boolean; patienceMs: number };

async function withMorePatience(
  run: (patienceMs: number, isRepeated: boolean) => Promise<TimedAttempt>,
  program: JudgedProgram,
): Promise<Attempt> {
  const { result, isLate, patienceMs } = await run(program.patienceMs, false);
  if (!isLate) return { result };
  return { result, again: async () => (await run(morePatience(patienceMs), true)).result };
}

async function attempt(
  { property, summary, run }: Probe,
  { command, count, dialect, patienceMs, startMs }: JudgedProgram,
  isRepeated: boolean,
): Promise<TimedAttempt> {
  const benches: Bench[] = [];
  let patience = patienceMs;
  const observation = await observeNodes(
    () => patience,
    (observer) =>
      run({
        ...observer,
        dialect,
        isRepeated,
        async bench({ index = 0, hasDisk = false } = {}) {
          const startedAt = performance.now();
          const dataDir = hasDisk ? await createDataDirectory() : undefined;
          const bench = await Bench.start({ command, count, dialect, index, dataDir, startMs });
          patience = Math.max(patience, patienceAfter(performance.now() - startedAt));
          benches.push(bench);
          return bench;
        },
      }),
  );
  const last = benches.at(-1);
  const crash =
    last?.process.exit && `${last.id} exited (${last.process.exit}): ${last.process.output.slice(-400)}`;
  await Promise.all(benches.map((bench) => bench.stop()));
  const result = toResult({ property, summary }, observation, last?.log.recording(), crash);
  return { result, isLate: observation.isLate, patienceMs: patience };
}

async function attemptWithCluster(
  { property, summary, run, fateOf, hasDisk = false }: ClusterProbe,
  { command, count, dialect, patienceMs, startMs }: JudgedProgram,
): Promise<TimedAttempt> {
  let cluster: JudgedCluster | undefined;
  const observation = await observeNodes(
    () => patienceMs,
    async (observer) => {
      cluster = await JudgedCluster.start({
        command,
        count,
        dialect,
        startMs,
        dataRoot: hasDisk ? await createDataDirectory() : undefined,
        fateOf: fateOf ?? (() => ({ afterMs: 0, kind: 'pass' })),
      });
      await run({ ...observer, cluster });
    },
  );
  const crash = cluster?.crash;
  await cluster?.stop();
  const pattern = observation.violation?.operations.map(({ operation }) => operation.value);
  const recording = cluster?.log.recording(pattern && new Set(pattern));
  return {
    result: toResult({ property, summary }, observation, recording, crash),
    isLate: observation.isLate,
    patienceMs,
  };
}

function toResult(
  probe: Pick<ProbeResult, 'property' | 'summary'>,
  { isLate: _, reason, ...observation }: NodeObservation,
  recording: ProbeResult['recording'],
  crash: string | undefined,
): ProbeResult {
  const explained = crash && observation.outcome === 'failed' ? `${reason}; ${crash}` : reason;
  return {
    ...probe,
    ...observation,
    ...(explained === undefined ? {} : { reason: explained }),
    ...(recording === undefined ? {} : { recording }),
  };
}
