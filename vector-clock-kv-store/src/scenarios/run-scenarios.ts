import type { Paint } from '@gridclock/terminal';
import type { Cluster } from './cluster.ts';
import { type Narrator, type Scenario, ScenarioFailure } from './scenario.ts';

/**
 * Runs scenarios one after the other and tells of each step.
 *
 * @param print takes one line
 * @returns the names of those that failed
 */
export async function runScenarios(
  chosen: readonly Scenario[],
  cluster: Cluster,
  print: (line: string) => void,
  paint: Paint,
): Promise<string[]> {
  const failed: string[] = [];
  for (const scenario of chosen) {
    print(`${paint('bold', scenario.name)}  ${paint('dim', scenario.summary)}`);
    try {
      if (cluster.nodes.length < scenario.minimumNodes) {
        throw new ScenarioFailure(`needs ${scenario.minimumNodes} nodes; name them with --nodes`);
      }
      await runOne(scenario, cluster, narrator(print, paint));
      print(`${paint('green', 'PASS')}  ${scenario.name}\n`);
    } catch (error) {
      failed.push(scenario.name);
      print(`  ${paint('red', '✗')} ${error instanceof Error ? error.message : String(error)}`);
      print(`${paint('red', 'FAIL')}  ${scenario.name}\n`);
    }
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

function narrator(print: (line: string) => void, paint: Paint): Narrator {
  return {
    did(what, seen) {
      print(
        `  ${paint('dim', '·')} ${what}${seen === undefined ? '' : `  ${paint('cyan', `→ ${JSON.stringify(seen)}`)}`}`,
      );
    },
    held(what) {
      print(`  ${paint('green', '✓')} ${what}`);
    },
  };
}
