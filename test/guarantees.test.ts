import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { gridLimits } from './support/grid-limits.ts';
import { readLimits } from './support/limit-tables.ts';
import { serviceLimits } from './support/service-limits.ts';
import { statedLimits, storeLimits } from './support/store-limits.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string) => readFileSync(posix.join(root, path), 'utf8');
const document = read('docs/guarantees.md');

describe('docs/guarantees.md', () => {
  it('states the limits of the store that the code enforces', () => {
    expect(readLimits(document, 'Limits of the store')).toEqual(storeLimits);
  });

  it('leaves out no limit of limits.ts that clients or operators meet', () => {
    const stated = Object.keys(storeLimits).flatMap((names) => names.split(', '));
    expect(stated).toEqual(expect.arrayContaining([...statedLimits]));
  });

  it('states the limits of the grid that the code enforces', () => {
    expect(readLimits(document, 'Limits of the grid')).toEqual(gridLimits);
  });

  it('states the limits that the code of every service enforces', () => {
    expect(readLimits(document, 'Limits of every service')).toEqual(serviceLimits);
  });

  const links = [...document.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+\.test\.ts)\)/g)];

  it.each(links.map(([, title = '', path = '']) => ({ title, path })))(
    'links a test that exists: $title',
    ({ title, path }) => {
      const titles = [...read(path).matchAll(/\bit\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g)].map(
        ([, , text]) => text,
      );
      expect(titles).toContain(title);
    },
  );

  it('supports its promises with tests', () => {
    expect(links.length).toBeGreaterThan(30);
  });
});
