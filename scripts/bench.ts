import { wholeNumber } from '@gridclock/command-line';
import { Command, Option } from 'commander';
import { compareRouting, scales } from '../smart-grid-load-balancer/simulation/compare.ts';
import {
  formatConclusion,
  formatTableGroup,
  formatTableHeader,
} from '../smart-grid-load-balancer/simulation/table.ts';
import type { SessionLengths } from '../smart-grid-load-balancer/simulation/traffic.ts';

type RoutingOptions = { seed: number; sessions: SessionLengths; largest: number };

const program = new Command('bench').description('Measure the routing policies.');

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

program.parse();
