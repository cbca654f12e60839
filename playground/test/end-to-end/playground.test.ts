import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { findAccessibilityProblems, hasBrowser, TestBrowser } from '@gridclock/browser-test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPlayground } from '../../build-playground.ts';
import { lessons as gridLessons } from '../../grid/lessons.ts';
import { lessons } from '../../store/lessons.ts';

const naiveAtStep4 = `#${lessons.find(({ id }) => id === 'naive-rule')?.fragment.replace('at,0', 'at,4')}`;

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
    await page.getByRole('group', { name: 'at' }).getByText('node2').click();
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
    const hash = () => new URL(page.url()).hash;
    await page.getByText('needs node1:1, has 0').waitFor();
    await button(page, '‹ Back').click();
    await page.getByText('Step 3 of 4').waitFor();
    expect(await page.getByText('needs node1:1').count()).toBe(0);
    await button(page, 'Next ›').click();
    await page.getByText('needs node1:1, has 0').waitFor();
    // The address keeps the later steps, also when the page is opened again.
    await button(page, '« First').click();
    expect(hash()).toBe('#store;at,0;put,1,x,1;put,1,x,2;reorder,1,2;deliver,1,2,1');
    await page.reload();
    await page.getByText('next: node1 writes x="1"').waitFor();
    await button(page, 'Last »').click();
    await page.getByText('needs node1:1, has 0').waitFor();
    for (let key = 0; key < 20; key++) {
      await page.getByLabel('Key').fill(`k${key}`);
      await button(page, 'Put').click();
    }
    await page.getByText('Step 24: a scenario has at most 20 keys').waitFor();
    await page.getByText('Step 23 of 23').waitFor();
  });

  it('opens a lesson, which a student steps through with the keyboard', async () => {
    const page = await open('');
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    await page.getByRole('link', { name: 'Naive rule convicted' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Step 0 of 6').waitFor();
    await button(page, 'Next ›').focus();
    for (let step = 1; step <= 4; step++) await page.keyboard.press('Enter');
    const naive = page.locator('[data-rule=naive]');
    await naive.getByText('✗ WriteCOInitRead').waitFor();
    await naive.getByText('without node1:1').waitFor();
    await naive.getByText('a read found nothing, although a write of the key precedes it').waitFor();
    // The last step leaves the focus where it is.
    for (let step = 5; step <= 7; step++) await page.keyboard.press('Enter');
    await page.getByText('Step 6 of 6').waitFor();
    expect(await focused()).toBe('Next ›');
    await button(page, 'Put').focus();
    await page.keyboard.press('Enter');
    await button(page, 'Deliver x="1" from node1 to node2').focus();
    await page.keyboard.press('Enter');
    await page.getByText('On their way: 1').waitFor();
    expect(await focused()).toBe('On their way: 1');
    // A selected event lights up its causes.
    await naive.getByRole('button', { name: 'node2: write reply=so' }).focus();
    await page.keyboard.press('Space');
    await naive.getByRole('heading', { name: 'node2: write reply="so"' }).waitFor();
    expect(await naive.locator('.mark.concurrent').count()).toBeGreaterThan(0);
    await page.goBack();
    await page.getByText('Choose a lesson, or put a key').waitFor();
  });

  it('draws the same picture from the same link, wherever it is opened', async () => {
    for (const fragment of [naiveAtStep4.slice(1), gridLessons[0]?.fragment ?? '']) {
      const pictures = [];
      for (const page of [await open(`#${fragment}`), await open(`#${encodeURIComponent(fragment)}`)]) {
        await page.getByRole('list').first().waitFor();
        pictures.push(await page.evaluate<string>("document.querySelector('main').outerHTML"));
        await page.close();
      }
      expect(pictures[0]).toBe(pictures[1]);
    }
  });

  it('hands a scenario out, and opens one that was handed out', async () => {
    const page = await open('#store;put,1,x,1');
    await page.getByText('Share').click();
    expect(await page.getByLabel('This scenario').inputValue()).toBe('#store;put,1,x,1');
    await button(page, 'Copy').click();
    await page.getByText(/^(Copied|Selected: copy it)/).waitFor();
    const paste = page.getByLabel('A scenario that you got');
    await paste.fill('file:///elsewhere/playground.html#store;put,1,x,1;deliver,1,2,9');
    await button(page, 'Open').click();
    await page.getByText('Step 2: the link from node1 to node2 has no message 9').waitFor();
    expect(new URL(page.url()).hash).toBe('#store;put,1,x,1');
    await paste.fill('file:///elsewhere/playground.html#grid;policy,random');
    await button(page, 'Open').click();
    await page.getByRole('heading', { name: /^Decision 1 of / }).waitFor();
    await page.goBack();
    await page.getByText('Step 1 of 1').waitFor();
  });

  it.each([
    {
      fragment: '#store;put,9,x,1',
      problem: 'Step 1 of the link, "put,9,x,1": the node has to be 1 to 3.',
    },
    {
      fragment: `#store;put,1,x,${'a'.repeat(300_000)}`,
      problem: 'The link is longer than 20000 characters.',
    },
    { fragment: '#<img src=x>;%00', problem: 'The link begins neither with #store nor with #grid.' },
    { fragment: '#grid;poll,fast', problem: 'poll in the link is "fast"; it has to be 100 to 10000.' },
  ])('says what is wrong with a bad link: $problem', async ({ fragment, problem }) => {
    const page = await open(fragment);
    await page.getByText(problem, { exact: true }).waitFor();
    await button(page, 'Start without it').click();
    await page.getByText(/Choose a lesson, or put a key|^Decision 1 of/).waitFor();
  });

  it('shows the grid one decision at a time, with sliders and every policy', async () => {
    const page = await open('');
    await page.getByRole('link', { name: 'Smart grid' }).click();
    await page.getByText(/^Decision 1 of \d+: /).waitFor();
    await button(page, 'Next ›').click();
    await page.getByText(/^Decision 2 of \d+: /).waitFor();
    await page.getByLabel('Poll interval').fill('5000');
    await page.getByLabel('Substations').fill('2');
    await page.getByLabel('Substation 2').fill('200');
    await page.getByLabel('Mix').selectOption('small');
    await button(page, 'original').click();
    await page.getByText('it had the lowest load at the last poll').waitFor();
    expect(new URL(page.url()).hash).toBe('#grid;kw,80,200;policy,original;mix,small;poll,5000;seed,1;at,2');
    await button(page, 'Next mistake ›').click();
    await page.getByText(/would have had room\.$/).waitFor();
    await button(page, 'Draw other traffic (seed 1)').click();
    await page.getByText(/^Decision 1 of \d+: /).waitFor();
    await page.getByRole('link', { name: 'Best fit keeps room for large cars' }).click();
    await page.getByText(/^Decision 12 of \d+: /).waitFor();
  });

  it.each([
    { fragment: '', width: 1_280 },
    { fragment: '#store;put,9,x,1', width: 360 },
    { fragment: `#${lessons[0]?.fragment}`, width: 360 },
    { fragment: naiveAtStep4, width: 1_280 },
    { fragment: naiveAtStep4, width: 360 },
    { fragment: '#store;cut,1,2;put,1,x,1;drop,1,3,1;put,1,y,2;hold,1,3', width: 1_280 },
    { fragment: `#${gridLessons[0]?.fragment}`, width: 1_280 },
    { fragment: `#${gridLessons[0]?.fragment}`, width: 360 },
  ])('is accessible in light and dark, and fits $width px: $fragment', async ({ fragment, width }) => {
    const page = await open(fragment, width);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('Share').click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await findAccessibilityProblems(page)).toEqual([]);
    }
    const scrollWidth = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(scrollWidth).toBeLessThanOrEqual(width);
    await page.close();
  });
});
