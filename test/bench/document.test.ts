import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { formatDocument } from '../../scripts/bench/compare/document.ts';
import { readReport } from '../../scripts/bench/compare/report.ts';

it('docs/performance.md is what npm run bench -- document writes', async () => {
  const path = (type: string) => fileURLToPath(new URL(`../../docs/performance.${type}`, import.meta.url));
  expect(await readFile(path('md'), 'utf8')).toBe(formatDocument(await readReport(path('json'))));
});
