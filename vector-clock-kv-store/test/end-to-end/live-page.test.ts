import { findAccessibilityProblems, hasBrowser, TestBrowser } from '@gridclock/browser-test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { LivePageUser } from '../support/live-page-user.ts';
import { localCluster } from '../support/local-cluster.ts';

describe.skipIf(!hasBrowser)('the live page in a browser', () => {
  let cluster: NodeProcesses;
  let browser: TestBrowser;
  let user: LivePageUser;

  beforeAll(async () => {
    cluster = await localCluster({ environment: { TRACE: '1', FAULTS: '1' } });
    await Promise.all([
      cluster.start('node1', 'node2', 'node3'),
      TestBrowser.start().then((it) => (browser = it)),
    ]);
    user = new LivePageUser(await browser.open(cluster.url('node1')));
  });

  afterAll(() => Promise.all([cluster?.stop(), browser?.stop()]));

  afterEach(() => expect(browser.problems).toEqual([]));

  it('opens at / and draws a lane for every node', async () => {
    expect(new URL(user.page.url()).pathname).toBe('/ui');
    await user.sees('live · seen');
    for (const name of ['node1', 'node2', 'node3'])
      await user.page.locator('.lane-name', { hasText: name }).waitFor();
  });

  it('puts a key at another node and shows how it travels', async () => {
    await user.put('node2', 'x', '1');
    await user.sees('x = 1');
    await user.mark('node2: write x=1').waitFor();
    for (const node of ['node1', 'node3']) await user.mark(`${node}: deliver x=1`).waitFor();
    expect(await user.mark('node2: write x=1').locator('.clock').textContent()).toBe('[0 1 0]');
  });

  it('reads and deletes at any node, with the client’s context', async () => {
    await user.choose('node3');
    await user.press('Get');
    await user.sees('x = 1', '.results');
    await user.press('Delete');
    await user.mark('node3: delete x').waitFor();
    await user.choose('node1');
    await user.press('Get');
    await user.sees('x has no value', '.results');
  });

  it('shows what a buffered write waits for, until its cause arrives', async () => {
    for (const from of ['node1', 'node2']) await user.inject(from, 'node3', 'Hold');
    await user.put('node1', 'question', 'why');
    await user.mark('node2: deliver question="why"').waitFor();
    // Only the answer overtakes.
    await user.put('node2', 'answer', 'so');
    await user.inject('node2', 'node3', 'Release');
    const answer = user.mark(/^node3: (buffer|deliver) answer="so"/).first();
    await answer.waitFor();
    await user.inject('node1', 'node3', 'Release');
    await user.mark('node3: deliver answer="so"').waitFor();
  });

  it('lets messages pass one by one in step mode, in any order', async () => {
    await user.press('Step mode off');
    await user.page.getByRole('button', { name: 'Step mode on' }).waitFor();
    await user.put('node1', 'first', '1');
    const first = user.page.getByRole('button', { name: 'node1 → node3 first=1' });
    await first.waitFor();
    await user.page.getByRole('button', { name: 'node1 → node2 first=1' }).click();
    await user.mark('node2: deliver first=1').waitFor();
    await user.put('node2', 'second', '2');
    await user.page.getByRole('button', { name: 'node2 → node3 second=2' }).click();
    await user.mark(/^node3: buffer second=2 .* needs node1:\d+, has \d+/).waitFor();
    await first.click();
    await user.mark('node3: deliver second=2').waitFor();
    await user.press('Step mode on');
    await user.page.getByRole('button', { name: 'Step mode off' }).waitFor();
  });

  it('lights up the causes of an event and dims what is concurrent', async () => {
    await user.mark('node2: write answer="so"').click();
    await user.sees('node2: write answer="so"', '.details');
    expect(await user.mark('node1: write question="why"').getAttribute('class')).toContain('cause');
    expect(await user.mark('node3: deliver answer="so"').getAttribute('class')).toContain('effect');
    await user.page.keyboard.press('Escape');
    await user.page.locator('.details').waitFor({ state: 'detached' });
  });

  it('can be used with the keyboard alone', async () => {
    await user.page.getByLabel('key', { exact: true }).focus();
    await user.page.keyboard.press('Control+A');
    await user.page.keyboard.type('typed');
    await user.page.keyboard.press('Tab');
    await user.page.keyboard.press('Enter');
    await user.mark(/write typed=/).waitFor();
    await user.mark(/write typed=/).focus();
    await user.page.keyboard.press('Enter');
    await user.sees('write typed=', '.details');
    await user.page.keyboard.press('Escape');
  });

  it('shows a node that is gone and comes back', async () => {
    await cluster.kill('node3');
    await user.sees('does not respond', '.lane-heads');
    await cluster.start('node3');
    await user.page.locator('.lane-heads', { hasText: 'does not respond' }).waitFor({ state: 'detached' });
  });

  it('shows how many messages wait on a link', async () => {
    await user.inject('node1', 'node3', 'Hold');
    await user.put('node1', 'late', '1');
    await user.page.getByRole('button', { name: 'Link from node1 to node3: hold, 1 waiting' }).waitFor();
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
  ] as const)('has no accessibility problem that axe finds (%s, %i px)', async (colorScheme, width) => {
    const page = await browser.open(`${cluster.url('node2')}/ui`, {
      colorScheme,
      viewport: { width, height: 800 },
    });
    await page.locator('.mark.write').first().waitFor();
    await page.getByRole('button', { name: 'Link from node1 to node2' }).click();
    expect(await findAccessibilityProblems(page)).toEqual([]);
    // Nothing is wider than the window.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.close();
  });
});
