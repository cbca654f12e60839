import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { listenerOf } from '@gridclock/service-kit';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HttpTransport } from '../../src/replication/http-transport.ts';
import { createNodeApp, type NodeApp } from '../support/node-app.ts';
import { write } from '../support/sample-write.ts';

const token = 'a-token-of-the-cluster';

let node: NodeApp;
let server: Server;
let url: string;
let transport: HttpTransport;
/** The headers of the last request. */
let sent: IncomingHttpHeaders;
/** Counts the requests that no hot route has served. */
let handled: ReturnType<typeof vi.spyOn>;

beforeEach(async () => {
  node = createNodeApp({ token });
  await node.node.start();
  handled = vi.spyOn(node.app, 'handle' as never);
  const listener = listenerOf(node.app);
  server = createServer((request, response) => {
    sent = request.headers;
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  let sequence = 0;
  transport = new HttpTransport(
    { id: 'node1', url },
    {
      self: 'node2',
      life: '0123456789abcdef',
      token,
      isConfigured: false,
      nextSequence: () => ++sequence,
      tokenSenders: new Set(),
    },
  );
  // The app sees the first one with these headers.
  await transport.replicate([write('node2', 1)]);
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await node.node.stop();
});

/** Sends a message with the headers of the last one, as someone who has seen it could. */
async function sendAgain(body: unknown, change: Record<string, string> = {}): Promise<number> {
  const { connection: _, 'content-length': __, 'accept-encoding': ___, ...headers } = sent;
  const response = await fetch(`${url}/replicate`, {
    method: 'POST',
    headers: { ...(headers as Record<string, string>), ...change },
    body: JSON.stringify(body),
  });
  return response.status;
}

it('serves signed messages in front of Express', async () => {
  const before = handled.mock.calls.length;
  for (let counter = 2; counter <= 5; counter++)
    expect(await transport.replicate([write('node2', counter)])).toEqual({ node2: counter });
  expect(handled.mock.calls.length).toBe(before);
});

it('accepts no message twice, and none with another body', async () => {
  await transport.replicate([write('node2', 2)]);
  expect(await sendAgain(write('node2', 2))).toBe(401);
  expect(await sendAgain(write('node2', 3))).toBe(401);
  // Refused messages use up no number.
  expect(await transport.replicate([write('node2', 3)])).toEqual({ node2: 3 });
});

it.each(['Gridclock forged', 'Bearer wrong', ''])('refuses the authorization "%s"', async (authorization) => {
  await transport.replicate([write('node2', 2)]);
  expect(await sendAgain(write('node2', 3), { authorization })).toBe(401);
  expect(node.node.clock).toEqual({ node2: 2 });
});

it('leaves a message with the token itself to the app', async () => {
  const before = handled.mock.calls.length;
  expect(await sendAgain(write('node2', 2), { authorization: `Bearer ${token}` })).toBe(202);
  expect(handled.mock.calls.length).toBe(before + 1);
});
