import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readEnvironment } from '../src/environment.ts';
import { secretVariable } from '../src/secret-variable.ts';

const schema = z.object({ TOKEN: secretVariable({ minLength: 8 }), NAME: z.string().optional() });

describe('a secret variable', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gridclock-'));
    file = join(folder, 'token');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is read from the file that its _FILE variable names, without the line break at the end', async () => {
    await writeFile(file, 'open-sesame\n');
    expect(readEnvironment(schema, { TOKEN_FILE: file })).toEqual({ TOKEN: 'open-sesame' });
  });

  it('may be given directly, or not at all', () => {
    expect(readEnvironment(schema, { TOKEN: 'open-sesame', TOKEN_FILE: '' }).TOKEN).toBe('open-sesame');
    expect(readEnvironment(schema, {}).TOKEN).toBeUndefined();
  });

  it('is an error when its file is missing or empty, not a service without protection', async () => {
    const run = () => readEnvironment(schema, { TOKEN_FILE: file });
    expect(run).toThrow(`TOKEN_FILE cannot be read (${file}: ENOENT)`);
    await writeFile(file, ' \n');
    expect(run).toThrow(`TOKEN_FILE names an empty file (${file})`);
  });

  it('cannot be given twice', () => {
    const run = () => readEnvironment(schema, { TOKEN: 'open-sesame', TOKEN_FILE: '/nowhere' });
    expect(run).toThrow('TOKEN and TOKEN_FILE are both set; only one may be');
  });

  it.each(['short', 'with a space', 'naïve-token'])('is not shown when it is wrong: %s', (TOKEN) => {
    expect(() => readEnvironment(schema, { TOKEN })).toThrow(/^TOKEN must [^"]*$/);
    expect(() => readEnvironment(schema, { TOKEN })).not.toThrow(TOKEN);
  });

  it('is the only kind of variable that has a file', async () => {
    await writeFile(file, 'a name');
    expect(readEnvironment(schema, { NAME_FILE: file })).toEqual({});
  });
});
