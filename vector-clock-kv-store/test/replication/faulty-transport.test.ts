import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it } from 'vitest';
import { FaultyTransport } from '../../src/replication/faulty-transport.ts';
import { idleTransport } from '../support/create-node.ts';

describe('a link that is cut', () => {
  it('lets no request pass until the fault is released', async () => {
    const link = new FaultyTransport(idleTransport(), new VirtualClock());
    const requests = () => [
      link.replicate([{ sender: 'node1', key: 'x', value: 1, vc: { node1: 1 } }]),
      link.heartbeat(),
      link.join({ id: 'node1', url: 'http://node1:5000' }),
      link.snapshot(undefined),
    ];
    link.inject({ action: 'cut' });
    for (const request of requests()) await expect(request).rejects.toThrow('cut');
    await expect(link.claim({ id: 'node1', life: '0', confirm: false })).rejects.toThrow('cut');
    link.release();
    await Promise.all(requests());
  });
});
