import { sumUp } from '@gridclock/judge-kit';
import { SeededRandom } from '@gridclock/simulation-kit';
import { runLoad } from '../cluster/load.ts';
import { describeDialect } from '../dialect/dialect.ts';
import { type NodeObserver, observeNodes } from '../observe.ts';
import { claimsOf, type Profile, type Property, profiles } from '../properties.ts';
import type { Judgement, ProbeResult } from '../verdict.ts';
import { openRunningCluster } from './running-cluster.ts';
import { runningProbes } from './running-probes.ts';

export type RunningOptions = {
  urls: readonly string[];
  profile: Profile;
  only?: readonly Property[] | undefined;
  /** How long clients use the cluster. */
  seconds: number;
  /** Determines what they do. */
  seed: number;
  /** Begins every key that the judge writes, so that it meets no other. */
  keyPrefix: string;
  onResult?: (result: ProbeResult) => void;
};

/** 20 s: the nodes may be far away, or busy with others. */
const PATIENCE_MS = 20_000;

/**
 * Judges a cluster that runs already, as its clients see it. What needs the judge's own peers, links or restarts is
 * not judged.
 *
 * @throws UnknownDialect
 */
export async function judgeRunning(options: RunningOptions): Promise<Judgement> {
  const { urls, profile, only, seconds, seed, keyPrefix, onResult = () => {} } = options;
  const startedAt = performance.now();
  const cluster = await openRunningCluster(urls, keyPrefix);
  const judged = only ?? profiles[profile];
  const results: ProbeResult[] = [];
  const run = async (
    property: Property,
    summary: string,
    work: (observer: NodeObserver) => Promise<void>,
  ) => {
    if (!judged.includes(property)) return;
    const { isLate: _, ...observation } = await observeNodes(() => PATIENCE_MS, work);
    const result = { property, summary, ...observation };
    results.push(result);
    onResult(result);
  };
  for (const probe of runningProbes)
    await run(probe.property, probe.summary, (observer) => probe.run({ ...observer, cluster, keyPrefix }));
  const isGood = (property: Property) =>
    results.some((result) => result.property === property && result.outcome === 'passed');
  const load = {
    seconds,
    keyPrefix,
    random: new SeededRandom(seed),
    faults: { losses: false, doubles: false, cuts: false, restarts: false },
    hasContexts: isGood('session guarantees'),
    hasSharedKeys: isGood('convergence'),
  };
  await run('causality', `clients use the cluster for ${seconds} s`, (observer) =>
    runLoad({ ...observer, cluster }, load),
  );
  return {
    subject: urls.join(', '),
    profile: only === undefined ? profile : `only ${only.join(', ')}`,
    dialect: describeDialect(cluster.dialect),
    properties: sumUp(claimsOf(judged), [...results, ...unseen(judged, results)]),
    elapsedMs: performance.now() - startedAt,
  };
}

function unseen(judged: readonly Property[], results: readonly ProbeResult[]): ProbeResult[] {
  return judged
    .filter((property) => !results.some((result) => result.property === property))
    .map((property) => ({
      property,
      summary: 'not visible to clients',
      outcome: 'not judged',
      reason: "needs the judge's own peers and links; judge the program with --node",
      steps: [],
      notes: [],
    }));
}
