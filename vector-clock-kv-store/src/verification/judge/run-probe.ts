import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterProbe } from './cluster/cluster-probe.ts';
import { JudgedCluster } from './cluster/judged-cluster.ts';
import type { Dialect } from './dialect/dialect.ts';
import { observe } from './observe.ts';
import type { Probe } from './probes/probe.ts';
import { Bench } from './system/bench.ts';
import type { ProbeResult } from './verdict.ts';

export type JudgedProgram = { command: string; count: number; dialect: Dialect; patienceMs: number };

/** Runs one probe against fresh nodes, and stops them whatever happens. */
export async function runProbe(
  { property, summary, run }: Probe,
  { command, count, dialect, patienceMs }: JudgedProgram,
): Promise<ProbeResult> {
  const benches: Bench[] = [];
  const observation = await observe((observer) =>
    run({
      ...observer,
      dialect,
      patienceMs,
      async bench({ index = 0, hasDisk = false } = {}) {
        const dataDir = hasDisk ? await dataDirectory() : undefined;
        const bench = await Bench.start({ command, count, dialect, index, dataDir });
        benches.push(bench);
        return bench;
      },
    }),
  );
  const last = benches.at(-1);
  const crash =
    last?.process.exit && `${last.id} exited (${last.process.exit}): ${last.process.output.slice(-400)}`;
  await Promise.all(benches.map((bench) => bench.stop()));
  return toResult({ property, summary, ...observation }, last?.log.recording(), crash);
}

/** Runs one probe against a fresh cluster, and stops it whatever happens. */
export async function runClusterProbe(
  { property, summary, run, fateOf, hasDisk = false }: ClusterProbe,
  { command, count, dialect, patienceMs }: JudgedProgram,
): Promise<ProbeResult> {
  let cluster: JudgedCluster | undefined;
  const observation = await observe(async (observer) => {
    cluster = await JudgedCluster.start({
      command,
      count,
      dialect,
      dataRoot: hasDisk ? await dataDirectory() : undefined,
      fateOf: fateOf ?? (() => ({ afterMs: 0, kind: 'pass' })),
    });
    await run({ ...observer, cluster, patienceMs });
  });
  const crash = cluster?.crash;
  await cluster?.stop();
  const pattern = observation.violation?.operations.map(({ operation }) => operation.value);
  const recording = cluster?.log.recording(pattern && new Set(pattern));
  return toResult({ property, summary, ...observation }, recording, crash);
}

function toResult(
  result: ProbeResult,
  recording: ProbeResult['recording'],
  crash: string | undefined,
): ProbeResult {
  const explained = result.outcome === 'failed' && crash ? { reason: `${result.reason}; ${crash}` } : {};
  return { ...result, ...explained, ...(recording === undefined ? {} : { recording }) };
}

function dataDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'gridclock-judge-'));
}
