import { findAccessibilityProblems, hasBrowser, TestBrowser } from '@gridclock/browser-test';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endlessSessions, type Grid, servicesOf, startGrid, stopAll } from '../support/grid.ts';

/** Chromium reports every refused request as an error of the page. */
const REFUSED = /status of (503|422)/;

describe.skipIf(!hasBrowser)('the grid’s live page in a browser', () => {
  let grid: Grid;
  let browser: TestBrowser;
  let page: Page;

  const sees = (selector: string, text: string | RegExp) =>
    page.locator(selector, { hasText: text }).first().waitFor();

  beforeAll(async () => {
    [grid, browser] = await Promise.all([startGrid(endlessSessions), TestBrowser.start()]);
    page = await browser.open(grid.chargeService.url);
  });

  afterAll(() => Promise.all([grid && stopAll(servicesOf(grid)), browser?.stop()]));

  afterEach(() => expect(browser.problems.filter((problem) => !REFUSED.test(problem))).toEqual([]));

  it('opens at / and shows every substation against its capacity', async () => {
    expect(new URL(page.url()).pathname).toBe('/ui');
    await sees('[role=status]', 'live');
    await sees('.substation', /substation_1.*0 kW of 80 kW/s);
    await sees('.substation', /substation_2.*0 kW of 120 kW/s);
  });

  it('charges a vehicle and shows the decision, the session and the load', async () => {
    await page.getByLabel('power, kW').fill('60');
    await page.getByRole('button', { name: 'Charge' }).click();
    await sees('.results', /60 kW at substation_\d/);
    await sees('.decision', /60 kW.*Lowest load of the 3 where it fits: 0 kW/s);
    await sees('.sessions', /60 kW.*normal/s);
    await sees('.substation', /60 kW of/);
  });

  it('changes the policy and says why it chose', async () => {
    await page.getByLabel('asks first').selectOption('best-fit');
    const inForce = async () => (await fetch(`${grid.balancer.url}/status`)).text();
    await expect.poll(inForce).toContain('"routing_policy":"best-fit"');
    await page.getByLabel('power, kW').fill('5');
    await page.getByRole('button', { name: 'Charge' }).click();
    await sees('.decision', /by best-fit/);
  });

  it('says what is too large', async () => {
    await page.getByLabel('power, kW').fill('500');
    await page.getByRole('button', { name: 'Charge' }).click();
    await sees('.decision', 'No substation is that large, even when empty.');
    await sees('.outcomes', 'too large for the grid 1');
  });

  it('runs a rush hour that stops by itself', async () => {
    await page.getByLabel('requests/s').fill('40');
    await page.getByLabel('for, s').fill('2');
    await page.getByRole('button', { name: 'Start rush hour' }).click();
    await sees('[role=status]', /s left, \d+ sent/);
    await sees('.decision', 'It fits nowhere');
    await page.getByRole('button', { name: 'Start rush hour' }).waitFor();
    await sees('.outcomes', /grid full \d/);
    await sees('.share', /^\d+ %$/);
    await sees('.figures', /kW, bound 300 kW, capacity 300 kW/);
  });

  it('shows a balancer that is gone', async () => {
    await grid.balancer.stop();
    await sees('.notice', 'The load balancer gives no figures');
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 1920],
  ] as const)('has no accessibility problem that axe finds (%s, %i px)', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    expect(await findAccessibilityProblems(page)).toEqual([]);
    // Nothing is wider than the window.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });
});
