import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const client = fileURLToPath(new URL('../../src/client.ts', import.meta.url));

/** Runs client.ts as a person does. A status other than 0 is an answer, not an error. */
export function runClient(words: readonly string[], environment: Record<string, string> = {}) {
  return execa(process.execPath, ['--import', import.meta.resolve('tsx'), client, ...words], {
    reject: false,
    all: true,
    // Past this it hangs: the longest run here takes seconds, on a busy machine half a minute.
    timeout: 150_000,
    env: environment,
  });
}
