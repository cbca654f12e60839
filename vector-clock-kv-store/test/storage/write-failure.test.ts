import { describe, expect, it } from 'vitest';
import { DiskFullError } from '../../src/storage/full-disk.ts';
import { StorageWriteError, writeFailure } from '../../src/storage/write-failure.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

/** What LMDB's package rejects with: a generic error with a promise of the real one. */
const lmdbError = (message: string, code: number) =>
  Object.assign(new Error('Commit failed (see commitError for details)'), {
    commitError: Promise.reject(Object.assign(new Error(message), { code })),
  });

describe('writeFailure', () => {
  it.each([
    ['No space left on device', 28],
    ['Disk quota exceeded', 122],
    ['File too large', 27],
  ])('recognizes a full disk: %s', async (message, code) => {
    const failure = await writeFailure(lmdbError(message, code), directory.path);
    expect(failure).toBeInstanceOf(DiskFullError);
    expect(failure).toMatchObject({ message: `the disk that holds ${directory.path} is full (${message})` });
  });

  it('says what LMDB reports when there is room', async () => {
    const failure = await writeFailure(lmdbError('Input/output error', 5), directory.path);
    expect(failure).toBeInstanceOf(StorageWriteError);
    expect(failure).toMatchObject({
      message: `LMDB cannot write to ${directory.path}: Input/output error (code 5)`,
    });
  });

  it('returns an error that is not from LMDB unchanged', async () => {
    const error = new TypeError('a programming error');
    expect(await writeFailure(error, directory.path)).toBe(error);
  });
});
