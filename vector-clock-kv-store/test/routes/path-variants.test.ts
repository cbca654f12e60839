import { createServer, type Server } from 'node:http';
import { pathVariants, sendRaw } from '@gridclock/local-service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { servedNode } from '../support/node-app.ts';

const served = servedNode({ faults: true });
let server: Server;
let origin: string;

beforeEach(async () => {
  server = createServer(served.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  origin = `http://127.0.0.1:${address.port}`;
});

afterEach(() => void server.close());

const routes: [method: string, path: string][] = [
  ['GET', '/health'],
  ['GET', '/ready'],
  ['GET', '/metrics'],
  ['GET', '/state'],
  ['GET', '/members'],
  ['POST', '/members'],
  ['DELETE', '/members/node2'],
  ['GET', '/snapshot'],
  ['POST', '/replicate'],
  ['POST', '/claims'],
  ['GET', '/faults'],
  ['POST', '/put'],
  ['PUT', '/put'],
  ['POST', '/write'],
  // Not /read: what follows it is a key.
  ['GET', '/get'],
  ['DELETE', '/delete'],
  ['GET', '/watch'],
];

describe('a variant of a path', () => {
  it.each(routes)('leads to no route of the node: %s %s', async (method, path) => {
    for (const variant of pathVariants(path)) {
      const { status } = await sendRaw(origin, method, variant);
      // 405: a route of another method that takes any id, such as DELETE /members/:id, has this path.
      expect({ variant, status }).toEqual({ variant, status: expect.toBeOneOf([404, 405]) });
    }
    expect(served.node.directory.size).toBe(3);
  });

  it('of /read/:key reads another key or nothing', async () => {
    await served.put({ key: 'k', value: 'secret' });
    for (const variant of pathVariants('/read/k')) {
      const { text } = await sendRaw(origin, 'GET', variant);
      expect(text).not.toContain('secret');
    }
  });
});
