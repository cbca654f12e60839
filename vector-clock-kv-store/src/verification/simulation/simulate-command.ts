import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { wholeNumber } from '@gridclock/command-line';
import { describeFault, formatFaultCounts } from '@gridclock/simulation-kit';
import { Command } from 'commander';
import { formatFindings } from '../history/findings.ts';
import { writeHistory } from '../history/history-file.ts';
import { runSimulations } from './run-simulations.ts';
import type { SimulationResult } from './simulate.ts';

/** Schedules per line of progress: a line every few seconds. */
const PROGRESS_EVERY = 500;

/** The first findings of a schedule explain the failure; the rest follow from them. */
const FINDINGS_SHOWN = 10;

type SimulateFlags = { schedules: number; seed: number };

/** The `simulate` command: runs the node code in virtual time, on a simulated network and simulated disks. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description('run seeded schedules of crashes and faults in virtual time, and check each run')
    .option('--schedules <n>', 'number of schedules', wholeNumber(1, 10_000_000), 1_000)
    .option(
      '--seed <n>',
      'seed of the first schedule; each further schedule uses the next seed',
      wholeNumber(0, 2 ** 32 - 1),
      1,
    )
    .option('--json', 'print the result as JSON, and nothing else')
    .addHelpText('after', '\nExit codes: 0 every guarantee held, 1 one did not.')
    .action(async ({ schedules, seed }: SimulateFlags, command: Command) => {
      const { json = false } = command.optsWithGlobals<{ json?: boolean }>();
      const print = json ? () => {} : console.log;
      const startedAt = performance.now();
      const { operations, faultCounts, failed } = await runSimulations({
        schedules,
        seed,
        async onResult(result, completed) {
          if (result.findings.length > 0) for (const line of await saveFailure(result)) print(line);
          if (completed % PROGRESS_EVERY === 0) print(`  ${completed} schedules`);
        },
      });
      const seconds = (performance.now() - startedAt) / 1_000;
      const failedSeeds = failed.map((result) => result.seed);
      const result = { schedules, seed, seconds, operations, faults: faultCounts, failed_seeds: failedSeeds };
      if (json) console.log(JSON.stringify(result));
      print(
        `schedules   ${schedules} in ${seconds.toFixed(1)} s, ${Math.round((schedules * 60) / seconds)} a minute`,
      );
      print(`operations  ${operations}`);
      print(`faults      ${formatFaultCounts(faultCounts)}`);
      print(
        failed.length === 0
          ? `${styleText('green', 'PASS')}  every guarantee held`
          : `${styleText('red', 'FAIL')}  seeds ${failedSeeds.join(', ')}`,
      );
      process.exitCode = failed.length === 0 ? 0 : 1;
    });
}

/** Writes the history of a failed schedule to a temporary file and formats the failure. */
async function saveFailure({ seed, faults, findings, history }: SimulationResult): Promise<string[]> {
  const file = join(tmpdir(), `gridclock-simulation-${seed}.json`);
  await writeHistory(file, history);
  return [
    `seed ${seed} failed; replay it with simulate --schedules 1 --seed ${seed}. History: ${file}`,
    ...faults.map((fault) => `  ${describeFault(fault)}`),
    ...formatFindings(findings, FINDINGS_SHOWN).map((finding) => `  ✗ ${finding}`),
  ];
}
