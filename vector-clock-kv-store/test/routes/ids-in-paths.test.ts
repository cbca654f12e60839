import { createServer, type Server } from 'node:http';
import { sendRaw } from '@gridclock/local-service';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { servedNode } from '../support/node-app.ts';

const served = servedNode();
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

const unusual = ['.', '..', '/', '//', '../state', '%2e', '%', '?', '#', '\\', ' ', '\n', 'é', '__proto__'];

describe('a key in a path', () => {
  it('is read whatever its characters are', async () => {
    const key = fc.oneof(
      fc.constantFrom(...unusual),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }).filter((text) => !/\p{Cs}/u.test(text)),
    );
    await fc.assert(
      fc.asyncProperty(key, async (key) => {
        const { status } = await served.put({ key, value: `value of ${key}` });
        const read = await sendRaw(origin, 'GET', `/read/${encodeURIComponent(key)}`);
        if (status === 200) expect(JSON.parse(read.text)).toMatchObject({ key, value: `value of ${key}` });
        else expect(read.status).toBe(400);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a node id in a path', () => {
  it('reaches no other route', async () => {
    const part = fc.constantFrom('.', '..', '%2e', '%2f', '%5c', '%00', '%', '~', 'a');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), async (parts) => {
        const { status } = await sendRaw(origin, 'DELETE', `/members/${parts.join('')}`);
        expect([400, 404]).toContain(status);
      }),
      { numRuns: 50 },
    );
    expect((await served.state()).node_id).toBe('node1');
  });
});
