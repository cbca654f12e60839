import { EnvironmentError } from '@gridclock/service-kit';
import { Command } from 'commander';
import { SuiteError } from './suite.ts';

/** What `--help` says about a script. */
export type ScriptHelp = { name: string; description: string; variables: string; exitCodes: string };

/**
 * Runs a script's main function and sets the exit code to its result. The script takes no arguments but `--help`.
 *
 * An error that the user can fix is printed as one line; any other error is a bug and keeps its stack trace.
 *
 * @param main receives a signal that aborts on Ctrl-C, SIGTERM or a closed terminal; returns the exit code
 */
export async function runScript(
  { name, description, variables, exitCodes }: ScriptHelp,
  main: (interrupted: AbortSignal) => Promise<number>,
): Promise<void> {
  new Command(name)
    .description(description)
    .addHelpText('after', `\nVariables: ${variables}\nExit codes: ${exitCodes}`)
    .parse();
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interrupted.abort());
  try {
    process.exitCode = await main(interrupted.signal);
  } catch (error) {
    if (!(error instanceof SuiteError) && !(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
