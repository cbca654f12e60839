import { readFile, stat } from 'node:fs/promises';

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_S = 100;

/** Returns the processor time of a process so far, in seconds. Linux only. */
export async function processorSeconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/** Returns a process's memory in MB: all that is resident, and what is not a mapped file. Linux only. */
export async function memoryMb(pid: number): Promise<{ resident: number; own: number }> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN) / 1_024;
  return { resident: field('VmRSS'), own: field('RssAnon') };
}

/** Returns the size of a file in MB. */
export async function fileMb(path: string): Promise<number> {
  return (await stat(path)).size / 2 ** 20;
}
