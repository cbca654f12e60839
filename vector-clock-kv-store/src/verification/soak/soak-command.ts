import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wholeNumber } from '@gridclock/command-line';
import { bundled } from '@gridclock/local-service';
import { describeFault } from '@gridclock/simulation-kit';
import { Command } from 'commander';
import { writeHistory } from '../history/history-file.ts';
import { recordSoak } from '../soak-report/record-soak.ts';
import type { OutputFiles } from '../space-time/run-recorder.ts';
import { formatSoak } from './format-soak.ts';
import { planSoak, runSoak, type SoakOptions } from './run-soak.ts';
import { nodeEntry } from './start-node.ts';

type SoakFlags = OutputFiles & {
  seconds: number;
  seed: number;
  nodesCount: number;
  sessions: number;
  history?: string;
  plan?: boolean;
};

/** The `soak` command: local processes under faults. */
export function soakCommand(): Command {
  return new Command('soak')
    .description('start nodes, inject faults while sessions use them, and check the recorded history')
    .option('--seconds <n>', 'how long the sessions run', wholeNumber(1, 86_400), 60)
    .option('--seed <n>', 'determines the faults (default: random)', wholeNumber(0, 2 ** 32 - 1))
    .option('--nodes-count <n>', 'number of nodes', wholeNumber(3, 5), 3)
    .option('--sessions <n>', 'number of concurrent sessions', wholeNumber(1, 500), 32)
    .option('--history <file>', 'write the history here; without it, only a failed run writes one')
    .option(
      '--report <file>',
      'write the run as an HTML page: throughput, latency, and each fault with its recovery',
    )
    .option('--shiviz <file>', 'write the run as a ShiViz log, unless killed nodes lost events')
    .option('--plan', 'print the planned faults and exit')
    .option('--json', 'print the result as JSON, and nothing else')
    .addHelpText('after', '\nExit codes: 0 every guarantee held, 1 one did not, or the run failed.')
    .action(async ({ seed = Math.floor(Math.random() * 2 ** 32), ...flags }: SoakFlags, command: Command) => {
      const { json = false } = command.optsWithGlobals<{ json?: boolean }>();
      const print = json && !flags.plan ? () => {} : console.log;
      const options = { seconds: flags.seconds, seed, nodes: flags.nodesCount, sessions: flags.sessions };
      print(
        `soak --seconds ${flags.seconds} --seed ${seed} --nodes-count ${options.nodes} --sessions ${options.sessions}`,
      );
      if (flags.plan) for (const fault of planSoak(options)) console.log(describeFault(fault));
      else process.exitCode = (await soak(options, flags.history, flags, print, json)) ? 0 : 1;
    });
}

/** Runs a soak and writes its files; resolves to whether every guarantee held. */
async function soak(
  options: Pick<SoakOptions, 'seconds' | 'seed' | 'nodes' | 'sessions'>,
  historyFile: string | undefined,
  files: OutputFiles,
  print: (line: string) => void,
  json: boolean,
): Promise<boolean> {
  // Found out now, not after an hour of soak.
  for (const file of [files.report, files.shiviz, historyFile])
    if (file !== undefined) await (await open(file, 'a')).close();
  const recording = recordSoak(files);
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  // Faults restart nodes all the time.
  const bundles = await bundled([nodeEntry]);
  const dataRoot = await mkdtemp(join(tmpdir(), 'gridclock-soak-'));
  try {
    const report = await runSoak({
      ...options,
      dataRoot,
      interrupted: interruption.signal,
      observer: recording?.observer,
      print: (line) => print(`  ${line}`),
    });
    const lines = formatSoak(report);
    for (const line of lines) print(line);
    const failed = report.findings.length > 0;
    const historyPath =
      historyFile ?? (failed ? join(tmpdir(), `gridclock-soak-${options.seed}.json`) : undefined);
    if (historyPath !== undefined) {
      await writeHistory(historyPath, report.history);
      print(`history              ${historyPath}`);
    }
    const plan = `${options.nodes} nodes, ${options.sessions} sessions, seed ${options.seed}, ${options.seconds} s`;
    for (const line of (await recording?.write(plan, report)) ?? []) print(line);
    if (json) {
      const { elapsedMs, operations, failures, faults, findings, check } = report;
      const { acknowledged, reads, unknown } = check;
      const counts = { operations, failures, acknowledged, reads, unknown };
      console.log(
        JSON.stringify({
          ...options,
          elapsed_ms: elapsedMs,
          ...counts,
          faults,
          findings,
          history: historyPath,
        }),
      );
    }
    return !failed;
  } finally {
    recording?.stop();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await Promise.all([bundles.remove(), rm(dataRoot, { recursive: true, force: true })]);
  }
}
