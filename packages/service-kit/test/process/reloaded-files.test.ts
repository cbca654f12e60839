import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryDirectory } from '@gridclock/local-service';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reloadableSecrets } from '../../src/credentials/reloadable-secrets.ts';
import { readEnvironment } from '../../src/process/environment.ts';
import { FileReloader } from '../../src/process/reloaded-files.ts';
import { secretVariable } from '../../src/process/secret-variable.ts';

const shape = { TOKEN: secretVariable({ minLength: 8 }) };

let directory: { path: string; remove: () => Promise<void> };
let file: string;
let registry: Registry;
let log: string[];
beforeEach(async () => {
  directory = await createTemporaryDirectory();
  file = join(directory.path, 'token');
  registry = new Registry();
  log = [];
  await writeFile(file, 'first-token\n');
});
afterEach(() => directory.remove());

/** Reads the token, and watches its file. `settle` looks often enough to load a change. */
function watchToken() {
  const environment = { TOKEN_FILE: file };
  const config = readEnvironment(z.object(shape), environment);
  const print = (fields: object, message: string) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const reloader = new FileReloader({
    scheduler: { now: () => 0, after: () => () => {} },
    wallClock: () => 5_000,
    logger: { info: print, error: print },
    registry,
  });
  for (const secret of reloadableSecrets(shape, environment, config)) reloader.watch(secret);
  const settle = async () => {
    for (let look = 0; look < 2; look++) await reloader.look();
  };
  return { reloader, settle, accepted: () => config.TOKEN?.accepted };
}

const metric = async (name: string) => (await registry.getSingleMetricAsString(name)).split('\n').at(-1);

describe('a file reloader', () => {
  it('loads a file that changed', async () => {
    const { accepted, settle } = watchToken();
    await settle();
    await writeFile(file, 'first-token\nsecond-token\n');
    await settle();
    expect(accepted()).toEqual(['first-token', 'second-token']);
    expect(log).toEqual(['loaded changed files {"files":"TOKEN"}']);
    expect(await metric('service_reload_timestamp_seconds')).toBe(
      'service_reload_timestamp_seconds{files="TOKEN"} 5',
    );
  });

  it('loads a file that changed before the first look', async () => {
    const { accepted, settle } = watchToken();
    await writeFile(file, 'second-token');
    await settle();
    expect(accepted()).toEqual(['second-token']);
  });

  it('loads a file that another one replaced', async () => {
    const { accepted, settle } = watchToken();
    await settle();
    await writeFile(`${file}.new`, 'other-token\n');
    await rename(`${file}.new`, file);
    await settle();
    expect(accepted()).toEqual(['other-token']);
  });

  it('waits until the file no longer changes', async () => {
    const { accepted, reloader } = watchToken();
    await writeFile(file, 'half-of-a-');
    await reloader.look();
    await writeFile(file, 'half-of-a-token-more');
    await reloader.look();
    expect(accepted()).toEqual(['first-token']);
    await reloader.look();
    expect(accepted()).toEqual(['half-of-a-token-more']);
  });

  it.each([
    ['an empty file', '', 'TOKEN_FILE is an empty file'],
    ['a short token', 'short', 'TOKEN must have at least 8 characters'],
    ['three tokens', 'token-one\ntoken-two\ntoken-three', 'TOKEN must have at most 2 lines'],
    ['a missing file', undefined, 'TOKEN_FILE cannot be read'],
  ])('keeps the token and reports %s once', async (_what, text, reason) => {
    const { accepted, settle } = watchToken();
    await settle();
    if (text === undefined) await rm(file);
    else await writeFile(file, text);
    await settle();
    await settle();
    expect(accepted()).toEqual(['first-token']);
    expect(log).toEqual([expect.stringContaining(reason)]);
    expect(log[0]).not.toMatch(/first-token|token-one/);
    expect(await metric('service_reload_failing')).toBe('service_reload_failing{files="TOKEN"} 1');
  });

  it('recovers once the file is valid again', async () => {
    const { accepted, settle } = watchToken();
    await writeFile(file, '');
    await settle();
    await writeFile(file, 'second-token');
    await settle();
    expect(accepted()).toEqual(['second-token']);
    expect(await metric('service_reload_failing')).toBe('service_reload_failing{files="TOKEN"} 0');
  });
});
