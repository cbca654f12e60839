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
    // Violations of the content security policy and requests to other hosts.
    expect(browser.problems).toEqual([]);
  });
});
