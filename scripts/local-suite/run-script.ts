import { EnvironmentError } from '@gridclock/service-kit';
import { Command, type OptionValues } from 'commander';
import { SuiteError } from './suite.ts';

/** What `--help` says about a script, and its options, if it has any. */
export type ScriptHelp = {
  name: string;
  description: string;
  variables: string;
  exitCodes: string;
  addOptions?: (command: Command) => Command;
};

/**
 * Runs a script's main function and sets the exit code to its result. The script takes no arguments but options.
 *
 * An error that the user can fix is printed as one line; any other error is a bug and keeps its stack trace.
 *
 * @param main receives a signal that aborts on Ctrl-C, SIGTERM or a closed terminal, and the options; returns the
 *   exit code
 */
export async function runScript<Options extends OptionValues>(
  { name, description, variables, exitCodes, addOptions = (command) => command }: ScriptHelp,
  main: (interrupted: AbortSignal, options: Options) => Promise<number>,
): Promise<void> {
  const command = addOptions(new Command(name).description(description))
    .addHelpText('after', `\nVariables: ${variables}\nExit codes: ${exitCodes}`)
    .parse();
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interrupted.abort());
  try {
    process.exitCode = await main(interrupted.signal, command.opts<Options>());
  } catch (error) {
    if (!(error instanceof SuiteError) && !(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
