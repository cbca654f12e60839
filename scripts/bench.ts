import { wholeNumber } from '@gridclock/command-line';
import { Command, Option } from 'commander';
import { compareRouting, scales } from '../smart-grid-load-balancer/simulation/compare.ts';
import { tableGroup, tableHead, verdict } from '../smart-grid-load-balancer/simulation/table.ts';
import type { SessionLengths } from '../smart-grid-load-balancer/simulation/traffic.ts';

type RoutingOptions = { seed: number; sessions: SessionLengths; largest: number };

const program = new Command('bench').description('Measures what the suite promises.');

program
  .command('routing')
  .description('routing policies on virtual time, against the most that any routing could accept')
  .addOption(
    new Option('--seed <number>', 'the same seed gives the same table')
      .argParser(wholeNumber(0, 2 ** 32 - 1))
      .default(1),
  )
  .addOption(
    new Option('--sessions <lengths>', 'all alike, or by priority as at a substation')
      .choices(['even', 'by-priority'])
      .default('even'),
  )
  .addOption(
    new Option('--largest <substations>', 'leave larger grids out')
      .argParser(wholeNumber(1, 1_000_000))
      .default(1_000),
  )
  .action(({ seed, sessions, largest }: RoutingOptions) => {
    console.log(tableHead());
    const groups = [];
    for (const scale of scales.filter(({ substations }) => substations <= largest)) {
      for (const group of compareRouting(scale, sessions, seed)) {
        console.log(tableGroup(group));
        groups.push(group);
      }
    }
    console.log(`\n* the most accepted load of its group\n${verdict(groups)}`);
  });

program.parse();
