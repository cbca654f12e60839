import type { ComparisonResult } from './report.ts';
import type { Comparison, Contender, Sample, Subject } from './row.ts';
import { spreadOf } from './statistics.ts';
import { missingTool } from './tools.ts';

type Running = { name: string; subject: Subject; samples: Sample[] };

/**
 * Measures contenders side by side: all run the whole time, and every round measures each once, in another order, so
 * that what else happens on the machine meets all of them.
 *
 * @param onRound called after every round, with its number from 1
 */
export async function runComparison(
  { contenders, measures }: Comparison,
  rounds: number,
  onRound: (round: number) => void,
): Promise<ComparisonResult> {
  const running: Running[] = [];
  const skipped: { name: string; reason: string }[] = [];
  try {
    for (const contender of contenders) await open(contender, running, skipped);
    // The first measurement warms up compilers and caches, and does not count.
    for (const { subject } of running) await subject.measure();
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < running.length; turn++) {
        const next = running[(round + turn) % running.length];
        next?.samples.push(await next.subject.measure());
      }
      onRound(round + 1);
    }
  } finally {
    await Promise.all(running.map(({ subject }) => subject.close()));
  }
  const ours = running.find(({ name }) => name === contenders[0].name);
  return {
    kind: 'comparison',
    contenders: running.map(({ name, samples }) => ({
      name,
      figures: Object.fromEntries(
        measures.map((measure) => [measure.name, spreadOf(valuesOf(samples, measure.name))]),
      ),
    })),
    ratios: measures.flatMap(({ better, name: measure, targets = {} }) =>
      running
        .filter((other) => ours !== undefined && other !== ours)
        .map((other) => ({
          measure,
          better,
          against: other.name,
          ...spreadOf(ratios(valuesOf(ours?.samples ?? [], measure), valuesOf(other.samples, measure))),
          ...(targets[other.name] === undefined ? {} : { target: targets[other.name] }),
        })),
    ),
    skipped,
  };
}

async function open(
  { name, needs, open: start }: Contender,
  running: Running[],
  skipped: { name: string; reason: string }[],
): Promise<void> {
  const reason = await missingTool(needs);
  if (reason === undefined) running.push({ name, subject: await start(), samples: [] });
  else skipped.push({ name, reason });
}

function valuesOf(samples: readonly Sample[], measure: string): number[] {
  return samples.map((sample) => sample[measure] ?? Number.NaN);
}

/** Within each round, because load from outside changes slowly. */
function ratios(ours: readonly number[], others: readonly number[]): number[] {
  return ours.map((value, round) => value / (others[round] ?? Number.NaN));
}
