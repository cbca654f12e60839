import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readEnvironment } from '../../src/process/environment.ts';
import { secretVariable } from '../../src/process/secret-variable.ts';

const schema = z.object({ TOKEN: secretVariable({ minLength: 8 }), NAME: z.string().optional() });

describe('a secret variable', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gridclock-'));
    file = join(directory, 'token');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is read from the file in its _FILE variable, without the trailing newline', async () => {
    await writeFile(file, 'open-sesame\n');
    expect(readEnvironment(schema, { TOKEN_FILE: file }).TOKEN?.accepted).toEqual(['open-sesame']);
  });

  it('may be set directly or not at all', () => {
    expect(readEnvironment(schema, { TOKEN: 'open-sesame', TOKEN_FILE: '' }).TOKEN?.sent).toBe('open-sesame');
    expect(readEnvironment(schema, {}).TOKEN).toBeUndefined();
  });

  it('is an error if its file is missing or empty', async () => {
    const run = () => readEnvironment(schema, { TOKEN_FILE: file });
    expect(run).toThrow(`TOKEN_FILE cannot be read (${file}: ENOENT)`);
    await writeFile(file, ' \n');
    expect(run).toThrow(`TOKEN_FILE is an empty file (${file}); write the secret into it`);
  });

  it('cannot be set twice', () => {
    const run = () => readEnvironment(schema, { TOKEN: 'open-sesame', TOKEN_FILE: '/nowhere' });
    expect(run).toThrow('TOKEN and TOKEN_FILE are both set; unset one of them');
  });

  it.each(['short', 'with a space', 'naïve-token'])('does not appear in the error message: %s', (TOKEN) => {
    expect(() => readEnvironment(schema, { TOKEN })).toThrow(/^TOKEN must [^"]*$/);
    expect(() => readEnvironment(schema, { TOKEN })).not.toThrow(TOKEN);
  });

  it('is the only kind of variable with a _FILE variant', async () => {
    await writeFile(file, 'a name');
    expect(readEnvironment(schema, { NAME_FILE: file })).toEqual({});
  });
});
