import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakePeer } from '../../../src/verification/judge/system/fake-peer.ts';

let peer: FakePeer;
beforeEach(async () => {
  peer = await FakePeer.listen('node2', ['node1', 'node2', 'node3']);
});
afterEach(() => peer.close());

describe('FakePeer', () => {
  it('takes a message as a peer does', async () => {
    const message = { sender: 'node1', key: 'x', value: 1, vc: { node1: 1 } };
    const response = await fetch(`${peer.url}/replicate`, { method: 'POST', body: JSON.stringify(message) });
    expect(response.status).toBe(202);
    expect(peer.received).toEqual([expect.objectContaining(message)]);
  });

  it('breaks the connection of a node that sends endlessly', async () => {
    const tooMuch = 128 * 1024 * 1024;
    const part = Buffer.alloc(4 * 1024 * 1024);
    let sentBytes = 0;
    const sending = request(`${peer.url}/replicate`, { method: 'POST' });
    const send = () => {
      sentBytes += part.length;
      if (sentBytes >= tooMuch) sending.end(part);
      else sending.write(part, (error) => error == null && send());
    };
    send();
    await new Promise<void>((resolve) =>
      sending.on('error', () => resolve()).on('response', () => resolve()),
    );
    sending.destroy();
    expect(sentBytes).toBeLessThan(tooMuch);
  }, 30_000);
});
