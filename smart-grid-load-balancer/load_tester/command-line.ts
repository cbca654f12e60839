import { wholeNumber } from '@gridclock/command-line';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type ProfileName, profileNames } from '../workload/profiles.ts';

/** The options of the command line. Environment variables configure the rest: see config.ts. */
export type CommandLine = {
  mode: 'rush' | 'simple';
  seed: number;
  /** Mean arrivals per second. A rate or a profile selects the open loop: see workload/open-loop.ts. */
  rate?: number;
  profile?: ProfileName;
  /** In seconds; overrides RUSH_HOUR_DURATION. */
  duration?: number;
  /** URLs of the substations' counters by id; overrides the URLs that the balancer reports. */
  substations?: Record<string, string>;
  json?: true;
  /** Explains the run: rejections in a row are one line, and the end says what was claimed and seen. */
  lesson?: true;
  /** The path of the HTML report. */
  html?: string;
  minAccepted?: number;
  maxP99Ms?: number;
};

/**
 * Parses the command line. When it is invalid, prints the reason and exits with status 1.
 *
 * @param commands run instead of a load test if the command line names one of them
 * @returns the load test to run; undefined once a command has run
 */
export async function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[] = [],
): Promise<CommandLine | undefined> {
  let parsed: CommandLine | undefined;
  const program = new Command('test.ts')
    .description('Send charge requests to a running grid and report their outcomes.')
    .addArgument(mode)
    .addOption(
      new Option('--seed <number>', 'the same seed sends the same vehicles')
        .argParser(wholeNumber(0, 2 ** 32 - 1))
        .default(1),
    )
    .addOption(
      new Option('--rate <per second>', 'run an open loop with this mean arrival rate').argParser(perSecond),
    )
    .addOption(
      new Option('--profile <name>', 'run an open loop with this arrival profile').choices(profileNames),
    )
    .addOption(new Option('--duration <seconds>', 'override RUSH_HOUR_DURATION').argParser(positive))
    .addOption(
      new Option('--substations <id=url,...>', "read the substations' counters at these URLs").argParser(
        urlsById,
      ),
    )
    .addOption(new Option('--json', 'print the report as JSON, and nothing else'))
    .addOption(
      new Option(
        '--lesson',
        'explain the run: rejections in a row as one line, and at the end what it shows',
      ).conflicts('json'),
    )
    .addOption(new Option('--html <file>', 'also write the report as an HTML page with charts'))
    .addOption(
      new Option('--min-accepted <share>', 'exit 1 below this accepted share of the bound, 0 to 1').argParser(
        share,
      ),
    )
    .addOption(
      new Option('--max-p99-ms <ms>', 'exit 1 above this 99th percentile of response times').argParser(
        positive,
      ),
    );
  program.addHelpText(
    'after',
    '\nExit codes: 0 no request failed, 1 one did, a threshold was missed, or the run could not start; 130 and 143 interrupted.\n' +
      'Variables: CHARGE_REQUEST_URL, LOAD_BALANCER_URL, TOTAL_REQUESTS, CONCURRENT_THREADS, RUSH_HOUR_DURATION.',
  );
  // A command's own options may have the same names.
  program.enablePositionalOptions();
  for (const command of commands) program.addCommand(command);
  program.action((chosen: CommandLine['mode'], options: Omit<CommandLine, 'mode'>) => {
    parsed = { ...options, mode: chosen };
  });
  await program.parseAsync(argv);
  return parsed;
}

const mode = new Argument('[mode]', 'a rush hour, or five requests')
  .choices(['rush', 'simple'])
  .default('rush');

/** 86,400: a run lasts a day at most, and no response takes longer than that many milliseconds. */
function positive(text: string): number {
  return positiveUpTo(86_400, text);
}

/** 5,000: as many as one process can still send on time. */
function perSecond(text: string): number {
  return positiveUpTo(5_000, text);
}

function positiveUpTo(max: number, text: string): number {
  const value = nonNegative(text);
  if (value === 0 || value > max) throw new InvalidArgumentError(`It must be above 0 and at most ${max}.`);
  return value;
}

function share(text: string): number {
  const value = nonNegative(text);
  if (value > 1) throw new InvalidArgumentError('It must be between 0 and 1.');
  return value;
}

function nonNegative(text: string): number {
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text)) throw new InvalidArgumentError('It must be a non-negative number.');
  return Number(text);
}

function urlsById(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [id = '', ...rest] = pair.trim().split('=');
      const url = rest.join('=').replace(/\/+$/, '');
      if (id === '' || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
        throw new InvalidArgumentError('It must have the form substation_1=http://localhost:8001,…');
      }
      return [id, url];
    }),
  );
}
