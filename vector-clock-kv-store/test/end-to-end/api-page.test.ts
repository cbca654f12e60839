import { findAccessibilityProblems, hasBrowser, TestBrowser } from '@gridclock/browser-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedDocument, serveDocument } from '../support/served-document.ts';

describe.skipIf(!hasBrowser)('the page of a node’s API in a browser', () => {
  let served: ServedDocument;
  let browser: TestBrowser;

  beforeAll(async () => {
    [served, browser] = await Promise.all([serveDocument({}), TestBrowser.start()]);
  });

  afterAll(() => Promise.all([served?.stop(), browser?.stop()]));

  it('shows operations and examples, accessibly and without a request to anywhere else', async () => {
    const page = await browser.open(`${served.origin}/docs#put`);
    await page.locator('#put summary', { hasText: 'Write x = 1' }).click();
    await page.getByText(`curl -X POST '${served.origin}/put'`).first().waitFor();
    await page.getByRole('link', { name: 'DELETE /members/{id}' }).waitFor();
    expect(await findAccessibilityProblems(page)).toEqual([]);
    // The operation that the address names.
    expect(
      await page.locator('#put').evaluate((element) => element.getBoundingClientRect().top),
    ).toBeLessThan(100);
    // Violations of the content security policy and requests to other hosts.
    expect(browser.problems).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('fits a phone, accessibly, %s', async (colorScheme) => {
    const viewport = { width: 360, height: 800 };
    const page = await browser.open(`${served.origin}/docs`, { viewport, colorScheme });
    await page.locator('nav summary').click();
    await page.getByRole('link', { name: 'GET /watch' }).click();
    await page.locator('#watch summary').first().click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
    expect(await findAccessibilityProblems(page)).toEqual([]);
    expect(browser.problems).toEqual([]);
  });

  it('opens what is folded while it is printed', async () => {
    const page = await browser.open(`${served.origin}/docs`);
    const folded = page.locator('main details:not([open])');
    await folded.first().waitFor();
    const before = await folded.count();
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await folded.count()).toBe(0);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await folded.count()).toBe(before);
  });
});
