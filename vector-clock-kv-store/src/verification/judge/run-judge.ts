import { describeScope, sumUp } from '@gridclock/judge-kit';
import { SeededRandom } from '@gridclock/simulation-kit';
import { chain } from './cluster/chain.ts';
import { killedBuffer } from './cluster/killed-buffer.ts';
import { loadProbe } from './cluster/load.ts';
import { describeDialect } from './dialect/dialect.ts';
import { recogniseDialect } from './dialect/recognise-dialect.ts';
import { probes } from './probes/index.ts';
import { claimsOf, type Profile, type Property, profiles } from './properties.ts';
import { type Attempt, type JudgedProgram, runClusterProbe, runProbe } from './run-probe.ts';
import type { Judgement, ProbeResult } from './verdict.ts';

export type JudgeOptions = {
  /** Starts one node; its variables are those of the contract. */
  command: string;
  /** How many nodes a cluster has. */
  count: number;
  profile: Profile;
  /** The properties to judge; by default, those of the profile. */
  only?: readonly Property[] | undefined;
  /** How long clients use a cluster under faults. */
  seconds: number;
  /** Determines these faults. */
  seed: number;
  /** How long a node may take to start, in milliseconds. */
  startMs?: number | undefined;
  /** Called after each probe. */
  onResult?: (result: ProbeResult) => void;
};

/** Judges a program. @throws UnknownDialect if it does not follow the contract far enough */
export async function judge(options: JudgeOptions): Promise<Judgement> {
  const { command, count, profile, only, seconds, seed, startMs, onResult = () => {} } = options;
  const startedAt = performance.now();
  const recognised = await recogniseDialect(command, count, startMs);
  const program: JudgedProgram = { command, count, startMs, ...recognised };
  const judged = only ?? profiles[profile];
  const attempts: Attempt[] = [];
  for (const probe of probes)
    if (judged.includes(probe.property)) attempts.push(await reported(runProbe(probe, program), onResult));
  const judgesCausality = judged.includes('causality');
  if (judgesCausality) attempts.push(await reported(runClusterProbe(chain, program), onResult));
  const results = await Promise.all(attempts.map((attempt) => settled(attempt, onResult)));
  if (keepsWrites(results)) {
    const attempt = await reported(runClusterProbe(killedBuffer, program), onResult);
    results.push(await settled(attempt, onResult));
  }
  if (judgesCausality) {
    const load = loadProbe({ seconds, ...loadAfter(results, seed) });
    const attempt = await reported(runClusterProbe(load, program), onResult);
    const hasFailed = results.some(
      ({ property, outcome }) => property === 'causality' && outcome === 'failed',
    );
    // A node that was late in the short run already need not be waited for again.
    results.push(hasFailed ? attempt.result : await settled(attempt, onResult));
  }
  return {
    subject: command,
    profile: describeScope(profile, only),
    dialect: describeDialect(program.dialect),
    properties: sumUp(claimsOf(judged), results),
    elapsedMs: performance.now() - startedAt,
  };
}

async function reported(
  running: Promise<Attempt>,
  onResult: (result: ProbeResult) => void,
): Promise<Attempt> {
  const attempt = await running;
  if (attempt.again === undefined) onResult(attempt.result);
  return attempt;
}

/** A late node gets more time. All late runs are repeated at once, as they mostly wait. */
async function settled(
  { result, again }: Attempt,
  onResult: (result: ProbeResult) => void,
): Promise<ProbeResult> {
  if (again === undefined) return result;
  const later = await again();
  onResult(later);
  return later;
}

/** Whether a node was judged to keep its writes over a restart; its probe notes if it keeps none, which is no fault. */
function keepsWrites(results: readonly ProbeResult[]): boolean {
  const ofRestart = results.filter(({ property }) => property === 'restart');
  return (
    ofRestart.length > 0 &&
    ofRestart.every(({ outcome, notes }) => outcome === 'passed' && notes.length === 0)
  );
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
      restarts: losses && keepsWrites(results),
    },
    hasContexts: isGood('session guarantees'),
    hasSharedKeys: isGood('convergence'),
  };
}
