import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { findAccessibilityProblems, hasBrowser, TestBrowser } from '@gridclock/browser-test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPlayground } from '../../build-playground.ts';

let html: string;

beforeAll(async () => {
  html = await buildPlayground();
});

it('takes less than 200 KB compressed', () => {
  expect(gzipSync(html, { level: 9 }).length).toBeLessThan(200_000);
});

describe.skipIf(!hasBrowser)('the playground in a browser', () => {
  let folder: string;
  let browser: TestBrowser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'playground-'));
    await writeFile(join(folder, 'playground.html'), html);
    browser = await TestBrowser.start();
  });

  afterAll(async () => {
    await browser?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(() => expect(browser.problems).toEqual([]));

  const open = (fragment: string, width = 1_280) =>
    browser.open(`${pathToFileURL(join(folder, 'playground.html')).href}${fragment}`, {
      viewport: { width, height: 800 },
    });

  const button = (page: Awaited<ReturnType<typeof open>>, name: string) =>
    page.getByRole('button', { name, exact: true });

  it('lets a person click an overtaking answer, and convicts the naive rule', async () => {
    const page = await open('');
    await page.getByLabel('Naive rule beside it').check();
    await page.getByLabel('Key').fill('ask');
    await page.getByLabel('Value').fill('why');
    await button(page, 'Put').click();
    await button(page, 'Deliver ask="why" from node1 to node2').click();
    await button(page, 'Hold the link from node1 to node3').click();
    expect(await button(page, 'Deliver ask="why" from node1 to node3').isDisabled()).toBe(true);
    await page.getByText('node2', { exact: true }).last().click();
    await page.getByLabel('Key').fill('reply');
    await page.getByLabel('Value').fill('so');
    await button(page, 'Put').click();
    await button(page, 'Deliver reply="so" from node2 to node3').click();
    const causal = page.locator('[data-rule=causal]');
    await causal.getByText('needs node1:1, has 0').waitFor();
    await causal.getByText('✓ consistent').waitFor();
    await page.locator('[data-rule=naive]').getByText('✗ WriteCOInitRead').waitFor();
    expect(new URL(page.url()).hash).toBe(
      '#store;naive;put,1,ask,why;deliver,1,2,1;hold,1,3;put,2,reply,so;deliver,2,3,1',
    );
  });

  it('plays a link that was handed out, step by step', async () => {
    const page = await open('#store;put,1,x,1;put,1,x,2;reorder,1,2;deliver,1,2,1');
    await page.getByText('needs node1:1, has 0').waitFor();
    await button(page, '‹ Back').click();
    await page.getByText('Step 3 of 4').waitFor();
    expect(await page.getByText('needs node1:1').count()).toBe(0);
    await button(page, 'Next ›').click();
    await page.getByText('needs node1:1, has 0').waitFor();
    await page.getByLabel('Examples').selectOption({ label: 'A message arrives twice' });
    await page.getByText('Step 4 of 4').waitFor();
    for (let key = 0; key < 20; key++) {
      await page.getByLabel('Key').fill(`k${key}`);
      await button(page, 'Put').click();
    }
    await page.getByText('Step 24: a scenario has at most 20 keys').waitFor();
    await page.getByText('Step 23 of 23').waitFor();
  });

  it('says what is wrong with a bad link', async () => {
    const page = await open('#store;put,9,x,1');
    await page.getByText('Step 1 of the link, "put,9,x,1": the node has to be 1 to 3.').waitFor();
    await button(page, 'Start without it').click();
    await page.getByText('Put a key at a node').waitFor();
  });

  it('shows the grid one decision at a time, with sliders and every policy', async () => {
    const page = await open('');
    await page.getByRole('link', { name: 'Smart grid' }).click();
    await page.getByText(/^Decision 1 of \d+: /).waitFor();
    await button(page, 'Next ›').click();
    await page.getByText(/^Decision 2 of \d+: /).waitFor();
    await page.getByLabel('Poll interval').fill('5000');
    await button(page, 'original').click();
    await page.getByText('it had the lowest load at the last poll').waitFor();
    expect(new URL(page.url()).hash).toBe(
      '#grid;kw,80,120,100;policy,original;mix,all;poll,5000;seed,1;at,2',
    );
  });

  it.each(['#store;naive;put,1,ask,why;deliver,1,2,1;put,2,reply,so;hold,1,3;deliver,2,3,1', '#grid;at,40'])(
    'is accessible and fits a phone: %s',
    async (fragment) => {
      const page = await open(fragment, 360);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await findAccessibilityProblems(page)).toEqual([]);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(360);
    },
  );
});
