import { wholeNumber } from '@gridclock/command-line';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type ProfileName, profileNames } from '../workload/profiles.ts';

/** What the user asked for on the command line. Beside it stand the environment's variables: see config.ts. */
export type CommandLine = {
  mode: 'rush' | 'simple';
  seed: number;
  /** Mean arrivals per second. With it or a profile the loop is open: see open-loop.ts. */
  rate?: number;
  profile?: ProfileName;
  /** In seconds, instead of RUSH_HOUR_DURATION. */
  duration?: number;
  /** Where the substations' counters are read, by id, instead of where the balancer says. */
  substations?: Record<string, string>;
  json?: true;
  /** The file to write the page to. */
  html?: string;
  minAccepted?: number;
  maxP99Ms?: number;
};

/** Parses the command line; a wrong one ends the process with status 1 and a line that says why. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const program = new Command('test.ts')
    .description('Sends charging requests to a running grid and reports what became of them.')
    .addArgument(mode)
    .addOption(
      new Option('--seed <number>', 'the same seed sends the same vehicles')
        .argParser(wholeNumber(0, 2 ** 32 - 1))
        .default(1),
    )
    .addOption(
      new Option('--rate <per second>', 'open loop: so many arrivals on average').argParser(perSecond),
    )
    .addOption(new Option('--profile <name>', 'open loop: how arrivals move').choices(profileNames))
    .addOption(new Option('--duration <seconds>', 'instead of RUSH_HOUR_DURATION').argParser(positive))
    .addOption(new Option('--substations <id=url,...>', 'where their counters are read').argParser(urlsById))
    .addOption(new Option('--json', 'print one JSON document and nothing else'))
    .addOption(new Option('--html <file>', 'write a page with charts'))
    .addOption(
      new Option('--min-accepted <share>', 'of the possible, 0 to 1; below it, exit 1').argParser(share),
    )
    .addOption(new Option('--max-p99-ms <ms>', 'above it, exit 1').argParser(positive));
  program.parse(argv);
  const [chosen] = program.processedArgs;
  return { ...program.opts<Omit<CommandLine, 'mode'>>(), mode: chosen === 'simple' ? 'simple' : 'rush' };
}

const mode = new Argument('[mode]', 'a rush hour, or five requests')
  .choices(['rush', 'simple'])
  .default('rush');

function number(text: string): number {
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text)) throw new InvalidArgumentError('It must be a number, not below 0.');
  return Number(text);
}

/** Above 0; a day in seconds is the longest run, and more than that in ms is no limit for an answer. */
function positive(text: string): number {
  return aboveZero(number(text), 86_400);
}

/** As many as one process can still send on time. */
function perSecond(text: string): number {
  return aboveZero(number(text), 5_000);
}

function aboveZero(value: number, most: number): number {
  if (value <= 0 || value > most) {
    throw new InvalidArgumentError(`It must be above 0 and at most ${most}.`);
  }
  return value;
}

function share(text: string): number {
  const value = number(text);
  if (value > 1) throw new InvalidArgumentError('It must be 0 to 1.');
  return value;
}

function urlsById(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((entry) => {
      const [id = '', ...rest] = entry.trim().split('=');
      const url = rest.join('=').replace(/\/+$/, '');
      if (id === '' || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
        throw new InvalidArgumentError('It must be like substation_1=http://localhost:8001,…');
      }
      return [id, url];
    }),
  );
}
