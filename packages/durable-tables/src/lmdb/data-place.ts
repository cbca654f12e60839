import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_FILE } from './lmdb-clean-shutdown.ts';
import { hasLastCommit } from './lmdb-last-commit.ts';
import { randomId } from './random-id.ts';

/** The file that a copy cannot have as it is: file systems set inodes, birth times and change times themselves. */
const PLACE_FILE = /^place-[0-9a-f]{16}$/;

/** Where the data is, as the data itself records it. */
export type Place = {
  /** The name of the place file. */
  file: string;
  /** What every copy of the place file changes. */
  appearance: string;
  /** What every new data file changes. */
  dataFile: string;
  /** Set from a start with data that may be an earlier copy, until the node has decided on its id. */
  undecided?: true;
};

/**
 * Removes the place file if the data file lacks commits, as after copying an earlier one over it. Call it before LMDB opens
 * the file, which forgets that.
 */
export async function checkCommits(directory: string): Promise<void> {
  if (!(await hasLastCommit(directory))) await removePlaces(directory);
}

/** Reports whether a directory has the files that were recorded: its data was not copied here since. */
export async function isInPlace(directory: string, place: Place | undefined): Promise<boolean> {
  if (place === undefined || place.undecided) return false;
  const now = await placeOf(directory, place.file).catch(() => undefined);
  return now?.appearance === place.appearance && now.dataFile === place.dataFile;
}

/**
 * Creates a new place file, on disk when this resolves. Record it in the data, and only then remove the others: whatever a
 * crash leaves, the recorded file is there.
 *
 * @throws if the file system reports no birth times
 */
export async function createPlace(directory: string): Promise<Place> {
  const file = `place-${randomId()}`;
  const created = await open(join(directory, file), 'wx');
  try {
    await created.appendFile('Remove this file after restoring a snapshot: see docs/operations.md.\n');
    await created.sync();
  } finally {
    await created.close();
  }
  const parent = await open(directory);
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
  return placeOf(directory, file);
}

/** Removes all place files but one. */
export async function removePlaces(directory: string, kept?: string): Promise<void> {
  const files = await readdir(directory);
  const others = files.filter((file) => PLACE_FILE.test(file) && file !== kept);
  await Promise.all(others.map((file) => rm(join(directory, file), { force: true })));
}

async function placeOf(directory: string, file: string): Promise<Place> {
  const [place, data] = await Promise.all([
    stat(join(directory, file), { bigint: true }),
    stat(join(directory, DATA_FILE), { bigint: true }),
  ]);
  if (place.birthtimeNs <= 0n || data.birthtimeNs <= 0n)
    throw new Error('the file system reports no birth times');
  return {
    file,
    appearance: `inode ${place.ino}, born ${place.birthtimeNs}, changed ${place.ctimeNs}`,
    dataFile: `inode ${data.ino}, born ${data.birthtimeNs}`,
  };
}
