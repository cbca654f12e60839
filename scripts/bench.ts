import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { InterruptedError, listenForInterruption, unlessAborted, wholeNumber } from '@gridclock/command-line';
import { Command, Option } from 'commander';
import { DEFAULT_MAX_HOPS } from '../smart-grid-load-balancer/load_balancer/routing/routing-order.ts';
import { compareRouting, scales } from '../smart-grid-load-balancer/simulation/compare.ts';
import {
  formatConclusion,
  formatTableGroup,
  formatTableHeader,
} from '../smart-grid-load-balancer/simulation/table.ts';
import type { SessionLengths } from '../smart-grid-load-balancer/simulation/traffic.ts';
import { withCapacity } from './bench/capacity/section.ts';
import { compare } from './bench/compare/compare.ts';
import { formatDocument } from './bench/compare/document.ts';
import { withBundles } from './bench/compare/programs.ts';
import { readReport } from './bench/compare/report.ts';
import { USUAL_MINUTES } from './bench/compare/row.ts';
import { measureRefusals } from './bench/full-grid.ts';
import { benchOverload } from './bench/overload/command.ts';
import { systems } from './bench/overload/systems.ts';
import { rows } from './bench/rows.ts';

type FullGridCommandOptions = { substations: number; requests: number };

type CompareCommandOptions = { json?: string; minutes: number; rounds: number };

type RoutingOptions = { seed: number; sessions: SessionLengths; largest: number };

const program = new Command('bench')
  .description(
    'Compare both systems with alternatives side by side; measure routing policies, refusals and overload.',
  )
  .addHelpText('after', '\nExit codes: 0 measured, 1 not measured or wrong usage.');

program
  .command('compare', { isDefault: true })
  .description(`compare side by side, in turn: ${rows.map(({ name }) => name).join(', ')}`)
  .argument('[rows...]', 'the rows to measure; all of them by default')
  .addOption(
    new Option('--rounds <number>', 'how often each alternative is measured')
      .argParser(wholeNumber(1, 100))
      .default(5),
  )
  .addOption(
    new Option('--minutes <number>', 'how long the row sustained lasts')
      .argParser(wholeNumber(2, 1_440))
      .default(USUAL_MINUTES),
  )
  .option('--json <file>', 'keep the results in this file, beside those of other rows')
  .action((names: string[], { json, minutes, rounds }: CompareCommandOptions) =>
    withBundles(() =>
      unlessAborted(listenForInterruption(), compare({ rows, names, rounds, minutes, json })),
    ),
  );

program
  .command('document')
  .description(
    'write docs/performance.md, and capacity planning in docs/operations.md, from docs/performance.json',
  )
  .action(async () => {
    const report = await readReport(fileURLToPath(new URL('../docs/performance.json', import.meta.url)));
    await writeFile(new URL('../docs/performance.md', import.meta.url), formatDocument(report));
    const operations = new URL('../docs/operations.md', import.meta.url);
    await writeFile(operations, withCapacity(await readFile(operations, 'utf8'), report));
  });

program
  .command('routing')
  .description('compare routing policies in virtual time with an upper bound on accepted load')
  .addOption(
    new Option('--seed <number>', 'random seed; the same seed gives the same table')
      .argParser(wholeNumber(0, 2 ** 32 - 1))
      .default(1),
  )
  .addOption(
    new Option('--sessions <lengths>', 'session lengths: all equal, or by priority as at a substation')
      .choices(['even', 'by-priority'])
      .default('even'),
  )
  .addOption(
    new Option('--largest <substations>', 'skip grids with more substations than this')
      .argParser(wholeNumber(1, 1_000_000))
      .default(1_000),
  )
  .action(({ seed, sessions, largest }: RoutingOptions) => {
    console.log(formatTableHeader());
    const groups = [];
    for (const scale of scales.filter(({ substations }) => substations <= largest)) {
      for (const group of compareRouting(scale, sessions, seed)) {
        console.log(formatTableGroup(group));
        groups.push(group);
      }
    }
    console.log(`\n* highest accepted load in its group\n${formatConclusion(groups)}`);
  });

program
  .command('full-grid')
  .description('measure over HTTP what a refusal costs on a full grid, by MAX_HOPS')
  .addOption(
    new Option('--substations <number>', 'size of the grid').argParser(wholeNumber(1, 10_000)).default(1_000),
  )
  .addOption(
    new Option('--requests <number>', 'refusals per row').argParser(wholeNumber(1, 100_000)).default(60),
  )
  .action(async ({ substations, requests }: FullGridCommandOptions) => {
    console.log(`${substations} full substations, ${requests} refusals per row\n`);
    console.log('  MAX_HOPS  in flight  messages / refusal   mean      p99');
    for (const maxHops of [substations, DEFAULT_MAX_HOPS, 8]) {
      for (const concurrency of [1, 20]) {
        const cost = await measureRefusals({ substations, maxHops, requests, concurrency });
        console.log(
          `  ${`${maxHops}`.padStart(8)} ${`${concurrency}`.padStart(10)} ${cost.messages.toFixed(1).padStart(19)} ${formatMs(cost.meanMs)} ${formatMs(cost.p99Ms)}`,
        );
      }
    }
  });

program
  .command('overload')
  .description(
    'measure a system with few clients, at its peak and with ten times as many clients as it takes',
  )
  .addOption(
    new Option('--system <name>', 'a lone node, three nodes, or the grid behind its entry')
      .choices(Object.keys(systems))
      .default('node'),
  )
  .addOption(
    new Option('--connections <numbers>', 'clients per row, comma-separated')
      .argParser((text) => text.split(',').map(wholeNumber(1, 4_000)))
      .default([32, 128, 2_000, 32]),
  )
  .addOption(
    new Option('--rounds <number>', 'how often the rows are repeated')
      .argParser(wholeNumber(1, 100))
      .default(1),
  )
  .addOption(new Option('--seconds <number>', 'duration of a row').argParser(wholeNumber(1, 600)).default(8))
  .option('--pin', 'keep the clients off the cores of the system (Linux)', false)
  .action(benchOverload);

function formatMs(ms: number): string {
  return `${ms.toFixed(0)} ms`.padStart(8);
}

await program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof InterruptedError)) throw error;
  // The services that still run are stopped by this exit.
  process.exit(error.exitCode);
});
