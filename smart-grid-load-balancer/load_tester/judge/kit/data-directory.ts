import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The existing ones; none outlives this process. */
const existing = new Set<string>();
process.on('exit', () => {
  for (const path of existing) rmSync(path, { recursive: true, force: true });
});

/** A temporary DATA_DIR of a judged program. */
export class DataDirectory {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
    existing.add(path);
  }

  static async create(): Promise<DataDirectory> {
    return new DataDirectory(await mkdtemp(join(tmpdir(), 'gridclock-judge-')));
  }

  /** Whether the program keeps anything in it. */
  async hasData(): Promise<boolean> {
    return (await readdir(this.path)).length > 0;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    existing.delete(this.path);
  }
}
