import { hasBrowser, TestBrowser } from '@gridclock/browser-test';
import { createTemporaryDirectory } from '@gridclock/local-service';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freeOffset, type RunningScript, startScript } from '../support/suite-scripts.ts';

/** While a node or a substation is gone, its requests fail, and Chromium reports them. */
const EXPECTED =
  /status of 503|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_SOCKET_NOT_CONNECTED/;

describe.skipIf(!hasBrowser || process.platform === 'win32')(
  'the processes of npm start, on its live pages',
  () => {
    let directory: Awaited<ReturnType<typeof createTemporaryDirectory>>;
    let suite: RunningScript;
    let browser: TestBrowser;
    let offset: number;

    beforeAll(async () => {
      [directory, offset, browser] = await Promise.all([
        createTemporaryDirectory(),
        freeOffset(),
        TestBrowser.start(),
      ]);
      suite = startScript('start', offset, directory.path);
      await suite.prints('Gridclock is running');
    }, 120_000);

    afterAll(async () => {
      suite?.process.kill('SIGINT');
      await Promise.all([suite?.process, browser?.stop()]);
      await directory?.remove();
    });

    afterEach(() => expect(browser.problems.filter((problem) => !EXPECTED.test(problem))).toEqual([]));

    it('kills, pauses and restarts substations', async () => {
      const page = await browser.open(`http://localhost:${8000 + offset}/ui`);
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
      const shows = (text: RegExp) => page.locator('.substation', { hasText: text }).waitFor();
      await press('Kill substation_1');
      await shows(/substation_1.*stopped.*no answer/s);
      await press('Restart substation_1');
      await shows(/substation_1(?!.*(stopped|starting|out of rotation)).*0 kW of 80 kW/s);
      await press('Pause substation_2');
      await shows(/substation_2.*paused.*no answer/s);
      await press('Resume substation_2');
      await shows(/substation_2(?!.*(paused|out of rotation)).*0 kW of 120 kW/s);
      expect(suite.output()).not.toContain('unexpectedly');
    }, 60_000);

    it('kills and restarts nodes, also the one that serves the page', async () => {
      const page = await browser.open(`http://localhost:${5001 + offset}/ui`);
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
      const shows = (text: RegExp) => page.locator('.processes li', { hasText: text }).waitFor();
      await press('Kill node2');
      await shows(/node2.*stopped/s);
      await page.locator('.lane-heads', { hasText: 'does not respond' }).waitFor();
      await press('Restart node2');
      await shows(/node2(?!.*(stopped|starting))/s);
      expect(await page.getByRole('button', { name: /(Kill|Pause) node1/ }).count()).toBe(0);
      await press('Restart node1');
      await page.getByRole('status').filter({ hasText: 'connection lost' }).first().waitFor();
      await page.getByRole('status').filter({ hasText: 'live · seen from node1' }).waitFor();
      expect(suite.output()).not.toContain('unexpectedly');
    }, 60_000);
  },
);
