import { execa } from 'execa';

/** Runs the Docker CLI and resolves to its output; rejects if the command fails. */
export type Docker = (...args: string[]) => Promise<string>;

export type CommandOptions = {
  cwd?: string;
  /** Variables added to this process's environment. */
  env?: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** Terminates the command when it aborts; a signal that has already aborted is ignored. */
  interrupted: AbortSignal;
};

/** Enough for the error itself, which build tools print last. */
const SHOWN_LINES = 15;

/**
 * Runs a command and resolves to its standard output and error, interleaved and trimmed.
 *
 * @throws Error with the last lines of output if the command fails, times out or is interrupted
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  { cwd, env = {}, interrupted, timeoutMs }: CommandOptions,
): Promise<string> {
  const { all, failed, shortMessage } = await execa(program, [...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env,
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: timeoutMs,
    // After an interruption, only commands that clean up run.
    ...(interrupted.aborted ? {} : { cancelSignal: interrupted }),
  });
  const output = all.trim();
  if (!failed) return output;
  throw new Error(`${shortMessage}\n${output.split('\n').slice(-SHOWN_LINES).join('\n')}`);
}

/** Splits a command's output into its lines; empty output has none. */
export function linesOf(output: string): string[] {
  return output.split('\n').filter((line) => line !== '');
}
