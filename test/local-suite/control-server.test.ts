import { SuiteControl } from '@gridclock/ui-kit/control';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlServer, startControlServer } from '../../scripts/local-suite/control-server.ts';
import type { Suite } from '../../scripts/local-suite/suite.ts';

let server: ControlServer;
let suite: Suite | undefined;
let done: string[];

beforeEach(async () => {
  done = [];
  suite = {
    list: () => ['node1', 'node2', 'substation_1'].map((name) => ({ name, state: 'running' })),
    act: (name, action) => void done.push(`${action} ${name}`),
    stop: async () => {},
  };
  server = await startControlServer(() => suite);
});

afterEach(() => server.stop());

/** What a service gets, and the client that it makes of it. */
function granted(names: readonly string[]) {
  const { SUITE_CONTROL_TOKEN: token = '', SUITE_CONTROL_URL: url = '' } = server.grant(names);
  return { token, url, control: new SuiteControl(url, token) };
}

describe('the control server', () => {
  it('lists what its caller may control, and does it', async () => {
    const { control } = granted(['node1', 'node2']);
    expect((await control.list()).map(({ name }) => name)).toEqual(['node1', 'node2']);
    expect((await control.act('node2', 'kill')).status).toBe(202);
    expect(done).toEqual(['kill node2']);
  });

  it('hides from one service what only another may control', async () => {
    const { control } = granted(['node1']);
    granted(['substation_1']);
    expect((await control.act('substation_1', 'kill')).status).toBe(404);
    expect(done).toEqual([]);
  });

  it.each([undefined, 'Bearer wrong', 'Basic abc'])('refuses the credential %s', async (authorization) => {
    const { url } = granted(['node1']);
    const headers = authorization === undefined ? {} : { authorization };
    expect((await fetch(`${url}/services`, { headers })).status).toBe(401);
    const body = JSON.stringify({ action: 'kill' });
    const posted = { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } };
    expect((await fetch(`${url}/services/node1`, posted)).status).toBe(401);
    expect(done).toEqual([]);
  });

  it('refuses browsers, even with a token', async () => {
    const { token, url } = granted(['node1']);
    const headers = { authorization: `Bearer ${token}`, origin: url };
    expect((await fetch(`${url}/services`, { headers })).status).toBe(403);
  });

  it('listens on this host only, and grants every service a token of its own', () => {
    const [first, second] = [granted(['node1']), granted(['node1'])];
    expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(first.token).toMatch(/^[0-9a-f]{64}$/);
    expect(first.token).not.toBe(second.token);
  });

  it('refuses while the suite is starting', async () => {
    suite = undefined;
    const { control } = granted(['node1']);
    expect(await control.list()).toEqual([]);
    expect((await control.act('node1', 'kill')).status).toBe(503);
  });
});
