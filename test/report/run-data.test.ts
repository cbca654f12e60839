import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRun, storeRunSchema } from '../../scripts/report/run-data.ts';
import { readStoreRun } from '../support/stored-runs.ts';

describe('readRun', () => {
  it('names the field that a run lacks', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gridclock-run-'));
    try {
      const file = join(folder, 'store.json');
      const { heldCause: _omitted, ...incomplete } = await readStoreRun();
      await writeFile(file, JSON.stringify(incomplete));
      await expect(readRun(storeRunSchema, file)).rejects.toThrow(
        /store\.json is not the data of a run[\s\S]*heldCause/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('keeps a run as it was, over JSON', async () => {
    const run = await readStoreRun();
    expect(storeRunSchema.parse(JSON.parse(JSON.stringify(run)))).toEqual(run);
  });
});
