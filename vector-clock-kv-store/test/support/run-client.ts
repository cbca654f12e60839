import { fileURLToPath } from 'node:url';
import { entryArguments } from '@gridclock/local-service';
import { execa } from 'execa';

const client = fileURLToPath(new URL('../../src/client.ts', import.meta.url));

/**
 * Runs client.ts as a command. It resolves whatever the exit code is.
 *
 * @param directory the working directory
 */
export function runClient(
  args: readonly string[],
  environment: Record<string, string | undefined> = {},
  directory = process.cwd(),
) {
  return execa(process.execPath, [...entryArguments(client), ...args], {
    reject: false,
    all: true,
    // In milliseconds. The longest run takes seconds, and half a minute on an overloaded machine.
    timeout: 150_000,
    env: environment,
    cwd: directory,
  });
}
