import { writeFile } from 'node:fs/promises';
import { EnvironmentError } from '@gridclock/service-kit';
import { assess, hasFailed, readOpening } from './assessment/assessment.ts';
import { type CommandLine, readCommandLine } from './command-line.ts';
import { type LoadTestConfig, readConfig } from './config.ts';
import { openDisplay } from './display.ts';
import { createGridClient } from './grid-client.ts';
import { renderPage } from './html/page.ts';
import { renderReport } from './report.ts';
import { notPlannable, planRun } from './traffic/planned-run.ts';

const command = readCommandLine(process.argv);
// Whoever read the output has gone, as in `test.ts | head`: nobody is left to tell.
process.stdout.once('error', () => process.exit(1));
try {
  process.exitCode = await loadTest(command, readConfig(process.env));
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.exitCode = refuse(error.message);
}

/** @returns the exit code: see hasFailed */
async function loadTest(options: CommandLine, config: LoadTestConfig): Promise<number> {
  const hindrance = notPlannable(options, config);
  if (hindrance !== undefined) return refuse(hindrance);
  const grid = createGridClient({ ...config, ...options });
  const unreachable = await grid.unreachable();
  if (unreachable !== undefined) {
    return refuse(`nothing answers at ${config.chargeUrl} (CHARGE_REQUEST_URL): ${unreachable}`);
  }
  const interrupted = new AbortController();
  // Once: a second Ctrl-C ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const print = options.json ? () => {} : (text: string) => void process.stdout.write(`${text}\n`);
  const { title, plan, expected, start } = planRun(options, config);
  print(`${title} at ${config.chargeUrl}: ${plan}`);
  const opening = await readOpening(grid);
  const display = openDisplay(expected, print, process.stdout.isTTY && !options.json);
  const run = await start(grid, display, interrupted.signal);
  display.close();

  const assessment = await assess(grid, run, opening, options);
  print(`\n${renderReport(title, assessment)}`);
  if (options.json) process.stdout.write(`${JSON.stringify({ title, plan, ...assessment }, null, 2)}\n`);
  if (options.html !== undefined) {
    try {
      await writeFile(options.html, renderPage({ title, plan, run, assessment }));
    } catch (error) {
      return refuse(`the page could not be written: ${error instanceof Error ? error.message : error}`);
    }
    print(`\nThe page with charts is ${options.html}`);
  }
  return hasFailed(assessment) ? 1 : 0;
}

function refuse(reason: string): number {
  process.stderr.write(`load_tester: ${reason}\n`);
  return 1;
}
