import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Bundles, bundled, entryArguments } from '../../src/index.ts';

const program = fileURLToPath(new URL('../support/failing-program.ts', import.meta.url));
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
