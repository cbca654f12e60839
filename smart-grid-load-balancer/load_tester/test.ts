import { open, writeFile } from 'node:fs/promises';
import { EnvironmentError } from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { readProvenance } from '@gridclock/ui-kit/report';
import { createHttpGridClient } from '../workload/http-grid-client.ts';
import { assess, hasFailed, readBaseline } from './assessment/assessment.ts';
import { findingsOf } from './assessment/findings.ts';
import { type CommandLine, parseCommandLine } from './command-line.ts';
import { type LoadTestConfig, readConfig } from './config.ts';
import { openLesson, openLines, openProgressBar } from './display.ts';
import { renderPage } from './html/page.tsx';
import { judgeCommand } from './judge/judge-command.ts';
import { formatLesson } from './lesson.ts';
import { formatReport } from './report.ts';
import { findPlanProblem, planRun } from './traffic/planned-run.ts';

/** 128 + the signal's number, as shells report it. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 };

// The reader of stdout is gone, as after `test.ts | head`.
process.stdout.once('error', () => process.exit(1));
try {
  const command = await parseCommandLine(process.argv, [judgeCommand()]);
  if (command !== undefined) process.exitCode = await loadTest(command, readConfig(process.env));
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.exitCode = fail(error.message);
}

/** @returns the exit code: 1 when the run has failed or could not start */
async function loadTest(options: CommandLine, config: LoadTestConfig): Promise<number> {
  const problem = findPlanProblem(options, config);
  if (problem !== undefined) return fail(problem);
  if (options.html !== undefined) {
    try {
      await (await open(options.html, 'a')).close();
    } catch (error) {
      return fail(`cannot write the HTML report: ${error instanceof Error ? error.message : error}`);
    }
  }
  const grid = createHttpGridClient({ ...config, ...options });
  const connectionError = await grid.connectionError();
  if (connectionError !== undefined) {
    return fail(
      `cannot reach ${config.chargeUrl}: ${connectionError}. Start the grid or set CHARGE_REQUEST_URL.`,
    );
  }
  const interrupted = new AbortController();
  // Once: a second Ctrl-C kills the process immediately.
  let interruptedBy: keyof typeof exitCodes | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interruptedBy = signal;
      interrupted.abort();
    });
  }
  const print = options.json ? () => {} : (text: string) => void process.stdout.write(`${text}\n`);
  const { title, plan, length, start } = planRun(options, config);
  print(`${title} at ${config.chargeUrl}: ${plan}`);
  const baseline = await readBaseline(grid);
  const openText = options.lesson ? openLesson : openLines;
  const display =
    process.stdout.isTTY && !options.json
      ? openProgressBar(length, realScheduler, openText)
      : openText(print);
  const run = await start(grid, display, interrupted.signal);
  display.close();

  const assessment = await assess(grid, run, baseline, options);
  print(`\n${formatReport(title, assessment)}`);
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ title, plan, ...assessment, findings: findingsOf(assessment) }, null, 2)}\n`,
    );
  if (options.html !== undefined) {
    const provenance = await readProvenance('load_tester/test.ts', process.argv.slice(2), new Date());
    try {
      await writeFile(options.html, renderPage({ title, plan, run, assessment, provenance }));
    } catch (error) {
      return fail(`cannot write the HTML report: ${error instanceof Error ? error.message : error}`);
    }
    print(`\nThe HTML report is ${options.html}`);
  }
  if (options.lesson) print(`\n${formatLesson(assessment)}`);
  return interruptedBy === undefined ? Number(hasFailed(assessment)) : exitCodes[interruptedBy];
}

function fail(reason: string): number {
  process.stderr.write(`load_tester: ${reason}\n`);
  return 1;
}
