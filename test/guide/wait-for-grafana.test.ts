import { createServer } from 'node:http';
import { freePort } from '@gridclock/local-service';
import { afterEach, describe, expect, it } from 'vitest';
import { waitForGrafana } from '../../scripts/guide/wait-for-grafana.ts';

const servers: ReturnType<typeof createServer>[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('waiting for Grafana', () => {
  it('resolves to true once Grafana answers 200', async () => {
    const port = await freePort();
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.writeHead(requests < 2 ? 503 : 200).end();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await waitForGrafana(`http://127.0.0.1:${port}/`)).toBe(true);
    expect(requests).toBe(2);
  });

  it('resolves to false when Grafana does not answer in time', async () => {
    const port = await freePort();
    expect(await waitForGrafana(`http://127.0.0.1:${port}/`, { startedMs: 0 })).toBe(false);
  });

  it('resolves to false sooner when Compose started no Grafana', async () => {
    expect(await waitForGrafana('http://grafana.invalid/', { namedMs: 0 })).toBe(false);
  });
});
