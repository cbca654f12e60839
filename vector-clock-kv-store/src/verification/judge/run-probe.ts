import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Step } from '../scenarios/run-scenarios.ts';
import type { Dialect } from './dialect/dialect.ts';
import { NotJudged, type Probe, ProbeFailure } from './probes/probe.ts';
import { Bench } from './system/bench.ts';
import type { ProbeResult } from './verdict.ts';

export type JudgedProgram = { command: string; count: number; dialect: Dialect; patienceMs: number };

/** Runs one probe against fresh nodes, and stops them whatever happens. */
export async function runProbe(
  { property, summary, run }: Probe,
  { command, count, dialect, patienceMs }: JudgedProgram,
): Promise<ProbeResult> {
  const benches: Bench[] = [];
  const steps: Step[] = [];
  const notes: string[] = [];
  const judge = async (): Promise<Pick<ProbeResult, 'outcome' | 'reason'>> => {
    try {
      await run({
        dialect,
        patienceMs,
        async bench({ index = 0, hasDisk = false } = {}) {
          const dataDir = hasDisk ? await mkdtemp(join(tmpdir(), 'gridclock-judge-')) : undefined;
          const bench = await Bench.start({ command, count, dialect, index, dataDir });
          benches.push(bench);
          return bench;
        },
        step: (text, result) => void steps.push({ kind: 'action', text, result }),
        check(condition, expectation, actual) {
          steps.push({
            kind: condition ? 'passed' : 'failed',
            text: expectation,
            ...(condition ? {} : { result: actual }),
          });
          if (!condition) throw new ProbeFailure(describeFailure(expectation, actual));
        },
        note: (text) => void notes.push(text),
      });
      return { outcome: 'passed' };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof NotJudged) return { outcome: 'not judged', reason };
      if (!(error instanceof ProbeFailure)) steps.push({ kind: 'failed', text: reason });
      return { outcome: 'failed', reason: reason + describeExit(benches.at(-1)) };
    }
  };
  const outcome = await judge();
  const recording = benches.at(-1)?.log.recording();
  await Promise.all(benches.map((bench) => bench.stop()));
  return { property, summary, steps, notes, ...outcome, ...(recording === undefined ? {} : { recording }) };
}

function describeFailure(expectation: string, actual: unknown): string {
  const seen = typeof actual === 'string' ? actual : JSON.stringify(actual);
  return `expected: ${expectation}${seen === undefined ? '' : `; got ${seen}`}`;
}

/** Says that the node has crashed, and what it printed last. */
function describeExit(bench: Bench | undefined): string {
  const exit = bench?.process.exit;
  return exit === undefined ? '' : `; ${bench?.id} exited (${exit}): ${bench?.process.output.slice(-400)}`;
}
