import { describeDialect } from './dialect/dialect.ts';
import { recogniseDialect } from './dialect/recognise-dialect.ts';
import { probes } from './probes/index.ts';
import { type Profile, profiles } from './properties.ts';
import { type JudgedProgram, runProbe } from './run-probe.ts';
import { type Judgement, type ProbeResult, sumUp } from './verdict.ts';

export type JudgeOptions = {
  /** Starts one node; its variables are those of the contract. */
  command: string;
  /** How many nodes a cluster has. */
  count: number;
  profile: Profile;
  /** Called after each probe. */
  onResult?: (result: ProbeResult) => void;
};

/** Judges a program. @throws UnknownDialect if it does not follow the contract far enough */
export async function judge({ command, count, profile, onResult }: JudgeOptions): Promise<Judgement> {
  const startedAt = performance.now();
  const program: JudgedProgram = { command, count, ...(await recogniseDialect(command, count)) };
  const judged = profiles[profile];
  const results: ProbeResult[] = [];
  const add = (result: ProbeResult) => {
    results.push(result);
    onResult?.(result);
  };
  for (const probe of probes) if (judged.includes(probe.property)) add(await runProbe(probe, program));
  return {
    subject: command,
    profile,
    dialect: describeDialect(program.dialect),
    properties: sumUp(judged, results),
    elapsedMs: performance.now() - startedAt,
  };
}
