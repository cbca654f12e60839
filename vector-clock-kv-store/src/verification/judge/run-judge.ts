import { SeededRandom } from '@gridclock/simulation-kit';
import { chain } from './cluster/chain.ts';
import { loadProbe } from './cluster/load.ts';
import { describeDialect } from './dialect/dialect.ts';
import { recogniseDialect } from './dialect/recognise-dialect.ts';
import { probes } from './probes/index.ts';
import { type Profile, type Property, profiles } from './properties.ts';
import { type JudgedProgram, runClusterProbe, runProbe } from './run-probe.ts';
import { type Judgement, type ProbeResult, sumUp } from './verdict.ts';

export type JudgeOptions = {
  /** Starts one node; its variables are those of the contract. */
  command: string;
  /** How many nodes a cluster has. */
  count: number;
  profile: Profile;
  /** How long clients use a cluster under faults. */
  seconds: number;
  /** Determines these faults. */
  seed: number;
  /** Called after each probe. */
  onResult?: (result: ProbeResult) => void;
};

/** Judges a program. @throws UnknownDialect if it does not follow the contract far enough */
export async function judge({
  command,
  count,
  profile,
  seconds,
  seed,
  onResult,
}: JudgeOptions): Promise<Judgement> {
  const startedAt = performance.now();
  const program: JudgedProgram = { command, count, ...(await recogniseDialect(command, count)) };
  const judged = profiles[profile];
  const results: ProbeResult[] = [];
  const add = (result: ProbeResult) => {
    results.push(result);
    onResult?.(result);
  };
  for (const probe of probes) if (judged.includes(probe.property)) add(await runProbe(probe, program));
  add(await runClusterProbe(chain, program));
  add(await runClusterProbe(loadProbe({ seconds, ...loadAfter(results, seed) }), program));
  return {
    subject: command,
    profile,
    dialect: describeDialect(program.dialect),
    properties: sumUp(judged, results),
    elapsedMs: performance.now() - startedAt,
  };
}

/** Leaves out of the load what the node was not judged for or has failed in already, so that a fault counts once. */
function loadAfter(results: readonly ProbeResult[], seed: number) {
  const isGood = (property: Property) => {
    const ofProperty = results.filter((result) => result.property === property);
    return ofProperty.length > 0 && ofProperty.every(({ outcome }) => outcome === 'passed');
  };
  const losses = isGood('loss');
  return {
    random: new SeededRandom(seed),
    faults: {
      losses,
      cuts: losses,
      doubles: isGood('duplicates'),
      restarts: losses && isGood('restart') && results.every(({ notes }) => notes.length === 0),
    },
    hasContexts: isGood('session guarantees'),
    hasSharedKeys: isGood('convergence'),
  };
}
