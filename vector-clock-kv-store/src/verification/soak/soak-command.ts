import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { wholeNumber } from '@gridclock/command-line';
import { describeFault } from '@gridclock/simulation-kit';
import { Command } from 'commander';
import { writeHistory } from '../history/history-file.ts';
import type { RecordFiles } from '../space-time/record-scenarios.ts';
import { recordSoak } from '../space-time/record-soak.ts';
import { formatSoak } from './format-soak.ts';
import { planSoak, runSoak } from './run-soak.ts';

type SoakFlags = RecordFiles & {
  seconds: number;
  seed: number;
  nodesCount: number;
  sessions: number;
  history?: string;
  plan?: boolean;
};

/** The `soak` command: real processes under fire. */
export function soakCommand(): Command {
  return new Command('soak')
    .description('starts nodes of its own, strikes them while sessions use them, and judges what happened')
    .option('--seconds <n>', 'for how long', wholeNumber(1, 86_400), 60)
    .option('--seed <n>', 'decides what strikes when; a fresh one unless given', wholeNumber(0, 2 ** 32 - 1))
    .option('--nodes-count <n>', 'how many nodes', wholeNumber(3, 5), 3)
    .option('--sessions <n>', 'how many sessions use them at once', wholeNumber(1, 500), 32)
    .option('--history <file>', 'where to write the history in any case; on failure it is written anyway')
    .option('--report <file>', 'writes the start of the run as a space-time diagram, an HTML page')
    .option('--shiviz <file>', 'writes the run as a log for ShiViz, if no killed process took events with it')
    .option('--plan', 'only say what would strike')
    .action(async ({ seed = Math.floor(Math.random() * 2 ** 32), ...flags }: SoakFlags) => {
      const options = { seconds: flags.seconds, seed, nodes: flags.nodesCount, sessions: flags.sessions };
      console.log(
        `soak --seconds ${flags.seconds} --seed ${seed} --nodes-count ${options.nodes} --sessions ${options.sessions}`,
      );
      if (flags.plan) for (const strike of planSoak(options)) console.log(describeFault(strike));
      else process.exitCode = (await soak(options, flags.history, flags)) ? 0 : 1;
    });
}

async function soak(
  options: { seconds: number; seed: number; nodes: number; sessions: number },
  historyFile: string | undefined,
  files: RecordFiles,
): Promise<boolean> {
  const recorded = recordSoak(files);
  const folder = await mkdtemp(join(tmpdir(), 'gridclock-soak-'));
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const report = await runSoak({
      ...options,
      folder,
      interrupted: interruption.signal,
      watcher: recorded?.watcher,
      print: (line) => console.log(`  ${line}`),
    });
    for (const line of formatSoak(report)) console.log(line);
    const failed = report.findings.length > 0;
    const file = historyFile ?? (failed ? join(tmpdir(), `gridclock-soak-${options.seed}.json`) : undefined);
    if (file !== undefined) {
      await writeHistory(file, report.history);
      console.log(`history              ${file}`);
    }
    const summary = `${options.nodes} nodes, ${options.sessions} sessions, seed ${options.seed}`;
    for (const line of (await recorded?.write(
      summary,
      !failed,
      formatSoak(report).map(stripVTControlCharacters),
    )) ?? [])
      console.log(line);
    return !failed;
  } finally {
    recorded?.watcher.stop();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await rm(folder, { recursive: true, force: true });
  }
}
