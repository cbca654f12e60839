import { styleText } from 'node:util';
import { unlessAborted } from '@gridclock/command-line';
import type { Cluster } from './cluster.ts';
import type { Reporter, Scenario } from './scenario.ts';
import { ScenarioFailure } from './scenario-failure.ts';

/** One reported step of a scenario: an action, or an expectation that was met or not. */
export type Step = { kind: 'action' | 'passed' | 'failed'; text: string; result?: unknown };

/** `seen`: what a passed scenario has seen, in one sentence. */
export type ScenarioResult = { scenario: Scenario; passed: boolean; seen?: string; steps: readonly Step[] };

/**
 * Runs scenarios one after another and prints each step. Whatever happens, it releases the links that they hold.
 *
 * @param interrupted once it aborts, the scenario in progress is given up
 * @param print prints one line
 * @param onResult called after each scenario, before the next begins
 * @returns the names of the failed scenarios
 * @throws the signal's reason
 */
export async function runScenarios(
  selected: readonly Scenario[],
  cluster: Cluster,
  interrupted: AbortSignal,
  print: (line: string) => void,
  onResult: (result: ScenarioResult) => Promise<void> = async () => {},
): Promise<string[]> {
  const failed: string[] = [];
  for (const scenario of selected) {
    const steps: Step[] = [];
    let seen: string | undefined;
    print(styleText('bold', scenario.name));
    print(labelled('claim', scenario.summary));
    try {
      if (cluster.nodes.length < scenario.minimumNodes) {
        throw new ScenarioFailure(`needs ${scenario.minimumNodes} nodes; list them with --nodes`);
      }
      seen = await runHealed(
        scenario,
        cluster,
        interrupted,
        print,
        printingReporter(print, steps, interrupted),
      );
      print(labelled('seen', seen));
      print(labelled('means', scenario.meaning));
      print(`${styleText('green', 'PASS')}  ${scenario.name}\n`);
    } catch (error) {
      interrupted.throwIfAborted();
      const text = error instanceof Error ? error.message : String(error);
      failed.push(scenario.name);
      steps.push({ kind: 'failed', text });
      print(`  ${styleText('red', '✗')} ${text}`);
      print(`${styleText('red', 'FAIL')}  ${scenario.name}\n`);
    }
    await onResult({ scenario, passed: seen !== undefined, ...(seen === undefined ? {} : { seen }), steps });
  }
  return failed;
}

function labelled(label: string, text: string): string {
  return `  ${styleText('dim', label.padEnd(6))} ${text}`;
}

/** Runs a scenario, and releases the links that it holds when it passes, fails or is interrupted. */
async function runHealed(
  scenario: Scenario,
  cluster: Cluster,
  interrupted: AbortSignal,
  print: (line: string) => void,
  reporter: Reporter,
): Promise<string> {
  try {
    return await unlessAborted(interrupted, scenario.run(cluster, reporter));
  } finally {
    if (interrupted.aborted)
      print(`  ${styleText('dim', '·')} interrupted; releasing the links that it holds`);
    const released = await cluster.heal().catch((error: unknown) => {
      print(`  ${styleText('red', '✗')} ${error instanceof Error ? error.message : String(error)}`);
      return [];
    });
    if (interrupted.aborted)
      print(
        `  ${styleText('dim', '·')} ${released.length === 0 ? 'it held none' : `released ${released.join(', ')}`}`,
      );
  }
}

/** @param interrupted once it aborts, a scenario that still runs in the background ends with its next step */
function printingReporter(print: (line: string) => void, steps: Step[], interrupted: AbortSignal): Reporter {
  const passed = (expectation: string) => {
    interrupted.throwIfAborted();
    steps.push({ kind: 'passed', text: expectation });
    print(`  ${styleText('green', '✓')} ${expectation}`);
  };
  return {
    step(text, result) {
      interrupted.throwIfAborted();
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
