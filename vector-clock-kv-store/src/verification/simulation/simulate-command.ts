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

/** A line of progress per so many schedules: every few seconds. */
const PROGRESS_EVERY = 500;

/** The first findings of a schedule explain it; the rest follow from them. */
const FINDINGS_SHOWN = 10;

/** The `simulate` command: the same code on simulated time, network and disks. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description('runs the nodes through schedules of crashes and faults in virtual time, and judges each')
    .option('--schedules <n>', 'how many', wholeNumber(1, 10_000_000), 1_000)
    .option(
      '--seed <n>',
      "the first schedule's; each further one has the next",
      wholeNumber(0, 2 ** 32 - 1),
      1,
    )
    .action(async ({ schedules, seed }: { schedules: number; seed: number }) => {
      const startedAt = performance.now();
      const { operations, strikes, failed } = await runSimulations({
        schedules,
        seed,
        async onResult(result, number) {
          if (result.findings.length > 0) for (const line of await tellFailure(result)) console.log(line);
          if (number % PROGRESS_EVERY === 0) console.log(`  ${number} schedules`);
        },
      });
      const seconds = (performance.now() - startedAt) / 1_000;
      console.log(
        `schedules   ${schedules} in ${seconds.toFixed(1)} s, ${Math.round((schedules * 60) / seconds)} a minute`,
      );
      console.log(`operations  ${operations}`);
      console.log(`faults      ${formatFaultCounts(strikes)}`);
      console.log(
        failed.length === 0
          ? `${styleText('green', 'PASS')}  every promise was kept`
          : `${styleText('red', 'FAIL')}  seeds ${failed.map((result) => result.seed).join(', ')}`,
      );
      process.exitCode = failed.length === 0 ? 0 : 1;
    });
}

async function tellFailure({ seed, strikes, findings, history }: SimulationResult): Promise<string[]> {
  const file = join(tmpdir(), `gridclock-simulation-${seed}.json`);
  await writeHistory(file, history);
  return [
    `seed ${seed}: again with simulate --schedules 1 --seed ${seed}; its history is in ${file}`,
    ...strikes.map((strike) => `  ${describeFault(strike)}`),
    ...formatFindings(findings, FINDINGS_SHOWN).map((finding) => `  ✗ ${finding}`),
  ];
}
