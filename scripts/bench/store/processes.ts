import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_S = 100;

/** The blocks that `stat` counts. */
const BLOCK_BYTES = 512;

/** Returns the processor time of a process so far, in seconds. Linux only. */
export async function processorSeconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name, which is in parentheses: the 12th and 13th fields are the user's and the system's ticks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/** The memory of a process in MB. */
export type Memory = {
  /** All that is resident. */
  resident: number;
  /** What is no page of a file: the heap, stacks, and buffers. */
  own: number;
  /** Pages of files, such as LMDB's map and the program: the system takes them back when it needs memory. */
  mapped: number;
};

/** Returns the memory of a process. Linux only. */
export async function memoryMb(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN) / 1_024;
  return { resident: field('VmRSS'), own: field('RssAnon'), mapped: field('RssFile') };
}

/** Returns the size of a file in MB. */
export async function fileMb(path: string): Promise<number> {
  return (await stat(path)).size / 2 ** 20;
}

/** Returns the disk space in MB that the files in a folder take. */
export async function diskMb(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const blocks = await Promise.all(
    files.map((file) =>
      stat(join(folder, file)).then(
        (found) => (found.isFile() ? found.blocks : 0),
        // Removed meanwhile.
        () => 0,
      ),
    ),
  );
  return (blocks.reduce((sum, count) => sum + count, 0) * BLOCK_BYTES) / 2 ** 20;
}
