import { open } from 'node:fs/promises';
import { join } from 'node:path';

const TIMES = 100;

/** Measures how long it takes to write 4 KiB to a file in a folder and to flush them to disk, in milliseconds. */
export async function flushMs(folder: string): Promise<number[]> {
  const file = await open(join(folder, 'flushed'), 'w');
  try {
    const block = Buffer.alloc(4_096, 1);
    const took = [];
    for (let index = 0; index < TIMES; index++) {
      const startedAt = performance.now();
      await file.write(block, 0, block.length, 0);
      await file.datasync();
      took.push(performance.now() - startedAt);
    }
    return took;
  } finally {
    await file.close();
  }
}
