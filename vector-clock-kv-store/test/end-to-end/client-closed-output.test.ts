import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const client = fileURLToPath(new URL('../../src/client.ts', import.meta.url));

it.skipIf(process.platform === 'win32')(
  'client.ts ends without a stack trace when its output is closed',
  async () => {
    const history = join(directory.path, 'history.json');
    await writeFile(history, '{"sessions":[]}');
    const pipeline = '("$0" --import tsx "$1" check "$2"; echo "exit code $?" >&2) | true';
    const run = await promisify(execFile)('sh', ['-c', pipeline, process.execPath, client, history]);
    expect(run.stderr).toBe('exit code 141\n');
  },
  30_000,
);
