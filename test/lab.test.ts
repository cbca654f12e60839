import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';

const pages = new URL('../docs/lab/', import.meta.url);
const tests = new URL('end-to-end/lab/', import.meta.url);

// A file for each exercise: files run at the same time, the tests of a file one after the other.
it('the lab has eight exercises, each with a test', async () => {
  const exercises = (await readdir(pages)).filter((page) => /^\d/.test(page)).sort();
  expect(exercises).toHaveLength(8);
  expect((await readdir(tests)).sort()).toEqual(exercises.map((page) => page.replace(/md$/, 'test.ts')));
});
