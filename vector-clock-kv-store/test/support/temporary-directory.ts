import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** Creates an empty directory for each test of the file that calls this, and removes it afterwards. */
export function temporaryDirectory(): { readonly path: string } {
  const directory = { path: '' };
  beforeEach(async () => {
    directory.path = await mkdtemp(join(tmpdir(), 'gridclock-test-'));
  });
  afterEach(() => rm(directory.path, { recursive: true, force: true }));
  return directory;
}
