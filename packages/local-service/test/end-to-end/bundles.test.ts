import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Bundles, bundled, createTemporaryDirectory, entryArguments } from '../../src/index.ts';

const program = fileURLToPath(new URL('../support/failing-program.ts', import.meta.url));
const portable = fileURLToPath(new URL('../support/portable-program.ts', import.meta.url));
const writeImage = fileURLToPath(new URL('../../src/bundles/write-image.ts', import.meta.url));
const stderrOf = async (args: string[]) => (await execa(process.execPath, args, { reject: false })).stderr;
let bundles: Bundles | undefined;

beforeEach(() => {
  // The bundles of this test run.
  vi.stubEnv('GRIDCLOCK_BUNDLES', undefined);
});

afterEach(async () => {
  await bundles?.remove();
  bundles = undefined;
  vi.unstubAllEnvs();
});

describe('a bundled program', () => {
  it('fails with the stack trace that its sources give', async () => {
    const fromSources = await stderrOf(entryArguments(program));
    bundles = await bundled([program]);
    const fromBundle = await stderrOf(entryArguments(program));
    const frames = (stderr: string) => stderr.match(/at .*failing-program\.ts:\d+/g);
    expect(fromBundle).toContain('LocatedError: found its own source');
    expect(frames(fromSources)).toHaveLength(2);
    expect(frames(fromBundle)).toEqual(frames(fromSources));
  });

  it('runs from its sources once its bundle is removed', async () => {
    bundles = await bundled([program]);
    const [, bundle = ''] = entryArguments(program);
    expect(existsSync(bundle)).toBe(true);
    await bundles.remove();
    expect(entryArguments(program)).toContain(program);
    expect(existsSync(bundle)).toBe(false);
  });

  it('is not bundled again by a program that was given its bundle', async () => {
    bundles = await bundled([program]);
    const before = entryArguments(program);
    const inner = await bundled([program]);
    expect(entryArguments(program)).toEqual(before);
    await inner.remove();
    expect(entryArguments(program)).toEqual(before);
  });
});

describe('the files of an image', () => {
  it('are enough to run its program, and show the sources in stack traces', async () => {
    const { path, remove } = await createTemporaryDirectory();
    try {
      await execa(process.execPath, [...entryArguments(writeImage), path, portable]);
      const program = join(path, 'packages/local-service/test/support/portable-program');
      const command = ['--enable-source-maps', `${program}.mjs`, join(path, 'data')];
      const { stdout, stderr } = await execa(process.execPath, command, { reject: false, cwd: path });
      expect(stdout).toContain('stored p {');
      expect(stdout).toContain('loaded later: p {');
      expect(stderr).toContain(`${program}.ts:15:`);
      // Frames of packages are not mapped, which saves memory, and not mistaken for others.
      expect(stderr).toMatch(/ at .*\.parse .*portable-program\.mjs:\d+/);
      expect(stderr).toContain(`${program}.ts:17:`);
    } finally {
      await remove();
    }
  });
});
