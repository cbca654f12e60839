import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { clockSchema } from '../messages/clock.ts';
import { CommandError } from './command-error.ts';

/** Where the causal context of a command comes from. */
export type ContextFlags = { context?: VectorClock; session?: string };

/** Adds the options for a causal context. */
export function addContext(command: Command): Command {
  return command
    .addOption(
      new Option('--context <json>', 'what you have seen: a clock that another command printed')
        .argParser(parseContext)
        .conflicts('session'),
    )
    .addOption(
      new Option('--session <file>', 'keep what you have seen in this file, from one command to the next'),
    );
}

/**
 * Reads the context that a command starts with. A session without a file is a new one; its folder is created too.
 *
 * @throws CommandError if the file cannot be read or written: before the command changes anything
 */
export async function readContext({ context = zeroClock, session }: ContextFlags): Promise<VectorClock> {
  if (session === undefined) return context;
  try {
    await mkdir(dirname(session), { recursive: true });
    await appendFile(session, '');
    const text = await readFile(session, 'utf8');
    return text === '' ? zeroClock : parseContext(text);
  } catch (error) {
    throw new CommandError(`session ${session}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Keeps what a command has seen for the next one of the session. */
export async function keepContext({ session }: ContextFlags, context: VectorClock): Promise<void> {
  if (session !== undefined) await writeFile(session, `${JSON.stringify(context)}\n`);
}

function parseContext(text: string): VectorClock {
  try {
    return clockSchema.parse(JSON.parse(text));
  } catch {
    throw new InvalidArgumentError('It must be a clock, such as {"node1":3}.');
  }
}
