import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';
import { afterEach, describe, expect, it } from 'vitest';
import { CausalClient } from '../../src/causal-client.ts';
import { MAX_KEY_BYTES, MAX_LIVE_IDS, MAX_VALUE_BYTES } from '../../src/limits.ts';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';

const running: LocalService[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.stop()));
});

const ports = { node1: await freePort(), node2: await freePort(), node3: await freePort() };
const names = ['node1', 'node2', 'node3'] as const;
const url = (name: keyof typeof ports) => `http://127.0.0.1:${ports[name]}`;

function start(name: keyof typeof ports): LocalService {
  const PEERS = names.map((peer) => `${peer}=${url(peer)}`).join(',');
  const environment = { NODE_ID: name, PEERS, PEER_WAIT_MS: '500', LOG_LEVEL: 'fatal' };
  const node = startLocalService({ name, entryFile: nodeEntry, port: ports[name], environment });
  running.push(node);
  return node;
}

describe('the largest writes that a node accepts', () => {
  it('reach a running peer, and one that starts later', async () => {
    await Promise.all([start('node1').ready(), start('node2').ready()]);
    // Dead incarnations of node3, whose ids are the longest there are.
    const ids = Array.from({ length: MAX_LIVE_IDS - 3 }, (_, n) => `node3~${String(n).padStart(16, '0')}`);
    const messages = ids.map((id) => ({ sender: id, key: 'k', value: 1, vc: { [id]: 1 } }));
    const response = await fetch(`${url('node1')}/replicate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(messages),
    });
    expect(response.status).toBe(202);
    // Control characters are the longest once escaped. Three values make more than one batch.
    const keys = ['\u0001', '\u0002', '\u0003'].map((character) => character.repeat(MAX_KEY_BYTES));
    const value = 'v'.repeat(MAX_VALUE_BYTES - 2);
    const client = new CausalClient({ nodes: [url('node1')] });
    for (const key of keys) await client.put(key, value, { acks: 2 });
    expect(Object.keys(client.context).length).toBeGreaterThan(ids.length);
    await start('node3').ready();
    for (const name of names) {
      const read = await Promise.all(keys.map((key) => client.get(key, { node: url(name) })));
      expect(read.map((result) => result.value === value)).toEqual([true, true, true]);
    }
  });
});
