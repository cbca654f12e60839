import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { NOW, servedNode } from './support/node-app.ts';

const single = servedNode();
const { put, replicate } = single;

describe('GET /metrics', () => {
  it('counts messages by status, and shows the clock and the buffer', async () => {
    await put({ key: 'x', value: 1 });
    await replicate({ sender: 'node2', key: 'x', value: 2, vc: { node2: 2 } });
    const { text, headers } = await request(single.app).get('/metrics');
    expect(headers['content-type']).toContain('text/plain; version=0.0.4');
    expect(text).toContain('kv_replicate_messages_total{status="buffered"} 1');
    expect(text).toContain('kv_replicate_messages_total{status="refused"} 0');
    expect(text).toContain('kv_clock_entry{node="node1"} 1');
    expect(text).toContain('kv_buffered_messages 1');
    expect(text).toMatch(/kv_oldest_buffered_seconds [0-9.e-]+/);
    expect(text).toContain('kv_commit_batch_writes_count 1');
    expect(text).toContain('kv_commit_duration_seconds_count 1');
    expect(text).toContain('kv_node_status{status="ok"} 1');
    expect(text).toContain('kv_node_status{status="catching-up"} 0');
    expect(text).toContain('kv_peer_lag_writes{peer="node2"} 1');
  });

  it('shows delivery delays and the age of the oldest buffered message', async () => {
    await replicate({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 }, at: NOW - 2_000 });
    await replicate({ sender: 'node3', key: 'x', value: 1, vc: { node3: 2 } });
    const text = async () => (await request(single.app).get('/metrics')).text;
    expect(await text()).toContain('kv_delivery_delay_seconds_bucket{le="10"} 1');
    expect(await text()).toContain('kv_delivery_delay_seconds_bucket{le="1"} 0');
    await replicate({ sender: 'node3', key: 'x', value: 1, vc: { node3: 1 } });
    expect(await text()).toContain('kv_oldest_buffered_seconds 0\n');
  });
});
