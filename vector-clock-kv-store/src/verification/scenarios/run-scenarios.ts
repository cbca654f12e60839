import { styleText } from 'node:util';
import type { Cluster } from './cluster.ts';
import { type Narrator, type Scenario, ScenarioFailure } from './scenario.ts';

/** One step that was told of: something done, found to be so, or found not to be so. */
export type Step = { kind: 'did' | 'held' | 'failed'; text: string; seen?: unknown };

/** How a scenario went. */
export type Outcome = { scenario: Scenario; passed: boolean; steps: readonly Step[] };

/**
 * Runs scenarios one after the other and tells of each step.
 *
 * @param print takes one line
 * @param onOutcome called after each, before the next begins
 * @returns the names of those that failed
 */
export async function runScenarios(
  chosen: readonly Scenario[],
  cluster: Cluster,
  print: (line: string) => void,
  onOutcome: (outcome: Outcome) => Promise<void> = async () => {},
): Promise<string[]> {
  const failed: string[] = [];
  for (const scenario of chosen) {
    const steps: Step[] = [];
    let passed = false;
    print(`${styleText('bold', scenario.name)}  ${styleText('dim', scenario.summary)}`);
    try {
      if (cluster.nodes.length < scenario.minimumNodes) {
        throw new ScenarioFailure(`needs ${scenario.minimumNodes} nodes; name them with --nodes`);
      }
      await runOne(scenario, cluster, narrator(print, steps));
      passed = true;
      print(`${styleText('green', 'PASS')}  ${scenario.name}\n`);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      failed.push(scenario.name);
      steps.push({ kind: 'failed', text });
      print(`  ${styleText('red', '✗')} ${text}`);
      print(`${styleText('red', 'FAIL')}  ${scenario.name}\n`);
    }
    await onOutcome({ scenario, passed, steps });
  }
  return failed;
}

async function runOne(scenario: Scenario, cluster: Cluster, tell: Narrator): Promise<void> {
  if (!scenario.needsFaults) return scenario.run(cluster, tell);
  // An earlier run may have been interrupted between hold and release.
  await cluster.heal();
  try {
    await scenario.run(cluster, tell);
  } finally {
    await cluster.heal();
  }
}

function narrator(print: (line: string) => void, steps: Step[]): Narrator {
  return {
    did(what, seen) {
      steps.push({ kind: 'did', text: what, seen });
      print(
        `  ${styleText('dim', '·')} ${what}${seen === undefined ? '' : `  ${styleText('cyan', `→ ${JSON.stringify(seen)}`)}`}`,
      );
    },
    held(what) {
      steps.push({ kind: 'held', text: what });
      print(`  ${styleText('green', '✓')} ${what}`);
    },
  };
}
