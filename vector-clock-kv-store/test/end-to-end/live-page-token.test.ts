import { hasBrowser, TestBrowser } from '@gridclock/browser-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { LivePageUser } from '../support/live-page-user.ts';
import { localCluster } from '../support/local-cluster.ts';

describe.skipIf(!hasBrowser)('the live page of a cluster with a token', () => {
  let cluster: NodeProcesses;
  let browser: TestBrowser;

  beforeAll(async () => {
    cluster = await localCluster({ environment: { TRACE: '1', FAULTS: '1', CLUSTER_TOKEN: 'secret' } });
    await Promise.all([
      cluster.start('node1', 'node2', 'node3'),
      TestBrowser.start().then((started) => {
        browser = started;
      }),
    ]);
  });

  afterAll(() => Promise.all([cluster?.stop(), browser?.stop()]));

  it('asks for the token, and then shows and injects faults at all nodes', async () => {
    const user = new LivePageUser(await browser.open(`${cluster.url('node1')}/ui`));
    await user.page.getByLabel('Cluster token').fill('wrong');
    await user.press('Show');
    await user.sees('does not accept this token');
    await user.page.getByLabel('Cluster token').fill('secret');
    await user.press('Show');
    await user.sees('live · seen from node1');
    await user.put('node2', 'x', '1');
    await user.mark('node3: deliver x=1').waitFor();
    await user.inject('node2', 'node3', 'Hold');
    await user.mark('node2: hold → node3').waitFor();
    // The browser itself reports each 401 as an error.
    expect(browser.problems.filter((problem) => !problem.includes('401'))).toEqual([]);
  });
});
