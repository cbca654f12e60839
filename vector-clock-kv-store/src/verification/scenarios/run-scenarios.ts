import { styleText } from 'node:util';
import type { Cluster } from './cluster.ts';
import type { Reporter, Scenario } from './scenario.ts';
import { ScenarioFailure } from './scenario-failure.ts';

/** One reported step of a scenario: an action, or an expectation that was met or not. */
export type Step = { kind: 'action' | 'passed' | 'failed'; text: string; result?: unknown };

export type ScenarioResult = { scenario: Scenario; passed: boolean; steps: readonly Step[] };

/**
 * Runs scenarios one after another and prints each step.
 *
 * @param print prints one line
 * @param onResult called after each scenario, before the next begins
 * @returns the names of the failed scenarios
 */
export async function runScenarios(
  selected: readonly Scenario[],
  cluster: Cluster,
  print: (line: string) => void,
  onResult: (result: ScenarioResult) => Promise<void> = async () => {},
): Promise<string[]> {
  const failed: string[] = [];
  for (const scenario of selected) {
    const steps: Step[] = [];
    let passed = false;
    print(`${styleText('bold', scenario.name)}  ${styleText('dim', scenario.summary)}`);
    try {
      if (cluster.nodes.length < scenario.minimumNodes) {
        throw new ScenarioFailure(`needs ${scenario.minimumNodes} nodes; list them with --nodes`);
      }
      await runHealed(scenario, cluster, printingReporter(print, steps));
      passed = true;
      print(`${styleText('green', 'PASS')}  ${scenario.name}\n`);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      failed.push(scenario.name);
      steps.push({ kind: 'failed', text });
      print(`  ${styleText('red', '✗')} ${text}`);
      print(`${styleText('red', 'FAIL')}  ${scenario.name}\n`);
    }
    await onResult({ scenario, passed, steps });
  }
  return failed;
}

/** Runs a scenario, with all faults released before and after if it injects any. */
async function runHealed(scenario: Scenario, cluster: Cluster, reporter: Reporter): Promise<void> {
  if (!scenario.needsFaults) return scenario.run(cluster, reporter);
  // An earlier run may have been interrupted between hold and release.
  await cluster.heal();
  try {
    await scenario.run(cluster, reporter);
  } finally {
    await cluster.heal();
  }
}

function printingReporter(print: (line: string) => void, steps: Step[]): Reporter {
  const passed = (expectation: string) => {
    steps.push({ kind: 'passed', text: expectation });
    print(`  ${styleText('green', '✓')} ${expectation}`);
  };
  return {
    step(text, result) {
      steps.push({ kind: 'action', text, result });
      const suffix = result === undefined ? '' : `  ${styleText('cyan', `→ ${JSON.stringify(result)}`)}`;
      print(`  ${styleText('dim', '·')} ${text}${suffix}`);
    },
    passed,
    check(condition, expectation, actual) {
      if (condition) return passed(expectation);
      const detail = actual === undefined ? '' : `, but got ${JSON.stringify(actual)}`;
      throw new ScenarioFailure(`expected: ${expectation}${detail}`);
    },
  };
}
