import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Checks a page with axe. Returns one line for each problem: the rule, and where it is broken. */
export async function findAccessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axe, 'utf8'));
  // A string, because the page's global object has no type here.
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`),
  );
}
