import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { runClosedLoop } from '../src/closed-loop.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('runClosedLoop', () => {
  it('counts accepted and refused requests apart, one at a time per connection', async () => {
    const open = new Set<unknown>();
    let requests = 0;
    let most = 0;
    server = createServer((request, response) => {
      open.add(request.socket);
      most = Math.max(most, open.size);
      request.resume().on('end', () => {
        open.delete(request.socket);
        response.writeHead(requests++ % 2 === 0 ? 200 : 503).end('{}');
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { failed, goodput, statuses } = await runClosedLoop({
      urls: [`http://127.0.0.1:${port}/`],
      bodyOf: (index) => ({ index }),
      connections: 3,
      durationMs: 200,
    });
    expect(failed).toBe(0);
    expect([...statuses.keys()].sort()).toEqual([200, 503]);
    expect(goodput).toBeCloseTo((statuses.get(200) ?? 0) / 0.2);
    expect(most).toBeLessThanOrEqual(3);
  });
});
