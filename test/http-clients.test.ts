import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('HTTP clients', () => {
  it('limit the size of the responses that they read', () => {
    const sources = execFileSync('git', ['ls-files', '-z', '*.ts', '*.mjs', '*.js'], {
      cwd: root,
      encoding: 'utf8',
    })
      .split('\0')
      .filter((path) => path !== '' && !/(^|\/)test\//.test(path));
    expect(sources.length).toBeGreaterThan(100);
    const unlimited = sources.filter((path) => {
      const text = readFileSync(`${root}/${path}`, 'utf8');
      // A default import is the axios instance without limits; types and predicates are harmless.
      const usesAxios = /import\s+(axios\b|\*\s+as\s+\w+\s+from\s+'axios')|import\s*\(\s*'axios'/.test(text);
      return usesAxios && !/axios\.create\(\{[^;]*maxContentLength:/.test(text);
    });
    expect(unlimited).toEqual([]);
  });
});
