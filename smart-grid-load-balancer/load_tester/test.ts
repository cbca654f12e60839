import { EnvironmentError } from '@gridclock/service-kit';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type LoadTestConfig, readConfig } from './config.ts';
import { barDisplay, type Display, linesDisplay } from './display.ts';
import { createGridClient } from './grid-client.ts';
import { coloured, plain } from './paint.ts';
import { renderReport } from './report.ts';
import { runRushHour } from './rush-hour.ts';
import { runSimple } from './simple.ts';
import type { Summary } from './summary.ts';

const onTerminal = process.stdout.isTTY === true;
const paint = onTerminal && process.env.NO_COLOR === undefined ? coloured : plain;
const print = (line: string) => process.stdout.write(`${line}\n`);

const program = new Command('test.ts')
  .description('Sends charging requests to a running grid and reports what became of them.')
  .addArgument(
    new Argument('[mode]', 'a rush hour, or five requests').choices(['rush', 'simple']).default('rush'),
  )
  .addOption(
    new Option('--seed <number>', 'the same seed sends the same vehicles').argParser(wholeNumber).default(1),
  )
  .action(async (mode: 'rush' | 'simple', { seed }: { seed: number }) => {
    process.exitCode = await run(mode, seed, readConfig(process.env));
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`load_tester: ${error.message}\n`);
  process.exitCode = 1;
}

/** @returns the exit code: 1 when a request failed or none could be sent. A rejection is no failure */
async function run(mode: 'rush' | 'simple', seed: number, config: LoadTestConfig): Promise<number> {
  const grid = createGridClient(config);
  const unreachable = await grid.unreachable();
  if (unreachable !== undefined) {
    process.stderr.write(
      `load_tester: nothing answers at ${config.chargeUrl} (CHARGE_REQUEST_URL): ${unreachable}\n`,
    );
    return 1;
  }
  const interrupted = new AbortController();
  // Once: a second Ctrl-C ends the process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const shared = { grid, seed, interrupted: interrupted.signal };

  if (mode === 'simple') {
    print(`Five requests to ${config.chargeUrl}, seed ${seed}`);
    const summary = await runSimple({ ...shared, observer: linesDisplay(print, paint) });
    return report('Simple test', summary);
  }
  const { workers, durationMs, maxRequests } = config;
  const limit = maxRequests === undefined ? {} : { maxRequests };
  print(`Rush hour at ${config.chargeUrl}: ${workers} workers for ${durationMs / 1_000} s, seed ${seed}`);
  const display = openDisplay(durationMs, maxRequests);
  const summary = await runRushHour({ ...shared, workers, durationMs, ...limit, observer: display });
  display.close();
  return report('Rush hour', summary);
}

function openDisplay(durationMs: number, requests: number | undefined): Display {
  if (!onTerminal) return linesDisplay(print, paint);
  return barDisplay(requests === undefined ? { durationMs } : { durationMs, requests }, paint);
}

function report(title: string, summary: Summary): number {
  print(`\n${renderReport(title, summary, paint)}`);
  return summary.failed > 0 || summary.total === 0 ? 1 : 0;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new InvalidArgumentError('It must be a whole number.');
  }
  return Number(text);
}
