import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SingleNode, singleNode } from './single-node.ts';

let single: SingleNode;

beforeEach(async () => {
  single = singleNode();
  await single.node.start();
});

afterEach(() => single.node.stop());

const put = (body: object) => request(single.app).post('/put').send(body);
const replicate = (body: object) => request(single.app).post('/replicate').send(body);
const state = async () => (await request(single.app).get('/state')).body;

describe('POST /put', () => {
  it('answers with the clock of the write', async () => {
    expect((await put({ key: 'x', value: 1 })).body).toEqual({ status: 'ok', vc: { node1: 1 } });
    expect((await put({ key: 'x', value: 2 })).body).toEqual({ status: 'ok', vc: { node1: 2 } });
  });

  it.each([
    ['PUT /put', () => request(single.app).put('/put')],
    ['POST /write', () => request(single.app).post('/write')],
  ])('has the other name %s', async (_name, open) => {
    expect((await open().send({ key: 'x', value: 1 })).body).toEqual({ status: 'ok', vc: { node1: 1 } });
  });

  it.each([0, false, '', 'text', 1.5, [], [1, { a: null }], { deep: { er: 'x' } }])(
    'keeps the JSON value %j as it is',
    async (value) => {
      await put({ key: 'x', value });
      expect((await request(single.app).get('/get').query({ key: 'x' })).body.value).toEqual(value);
    },
  );

  it('counts what the client has seen as seen by the write', async () => {
    await replicate({ sender: 'node2', key: 'y', value: 1, vc: { node2: 1 } });
    const { body } = await put({ key: 'x', value: 1, vc: { node2: 1 } });
    expect(body.vc).toEqual({ node1: 1, node2: 1 });
  });
});

describe('acks', () => {
  it('makes a write wait until that many nodes have it, and says how many do when they do not', async () => {
    const { status, body } = await request(single.app)
      .post('/put?wait_ms=10')
      .send({ key: 'x', value: 1, acks: 2 });
    expect(status).toBe(503);
    expect(body).toMatchObject({ vc: { node1: 1 }, stored_on: 1, acks: 2 });
    expect((await state()).store).toEqual({ x: 1 });
  });

  it('cannot be more than there are nodes', async () => {
    const { status, body } = await put({ key: 'x', value: 1, acks: 4 });
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'acks' });
    expect((await state()).store).toEqual({});
  });
});

describe('DELETE /delete', () => {
  const remove = (query: object) => request(single.app).delete('/delete').query(query);

  it('is a write after which the key has no value', async () => {
    await put({ key: 'x', value: 1 });
    expect((await remove({ key: 'x' })).body).toEqual({ status: 'ok', vc: { node1: 2 } });
    expect((await request(single.app).get('/get').query({ key: 'x' })).body.value).toBeNull();
    expect((await state()).store).toEqual({});
  });

  it('leaves a concurrent write beside it, and a later one replaces it', async () => {
    await remove({ key: 'x' });
    await replicate({ sender: 'node2', key: 'x', value: 'concurrent', vc: { node2: 1 } });
    const { body } = await request(single.app).get('/get').query({ key: 'x' });
    expect(body.siblings.map(({ value }: { value: unknown }) => value)).toEqual(['concurrent', null]);
    await put({ key: 'x', value: 'later' });
    expect((await state()).store).toEqual({ x: 'later' });
  });

  it('arrives from another node as a message whose value is null', async () => {
    await replicate({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } });
    await replicate({ sender: 'node2', key: 'x', value: null, vc: { node2: 2 } });
    expect((await state()).store).toEqual({});
  });

  it.each([
    [{}, 'key'],
    [{ key: '' }, 'key'],
    [{ key: 'x', vc: '[]' }, 'vc'],
    [{ key: 'x', acks: '0' }, 'acks'],
    [{ key: 'x', acks: 'all' }, 'acks'],
    [{ key: 'x', acks: '9' }, 'acks'],
  ])('refuses the query %j, naming %s', async (query, field) => {
    const { status, body } = await remove(query);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
  });
});

describe('GET /get', () => {
  it('answers null for a key without a value', async () => {
    const { status, body } = await request(single.app).get('/get').query({ key: 'nothing' });
    expect(status).toBe(200);
    expect(body).toEqual({ key: 'nothing', value: null, vc: {} });
  });

  it.each(['/get?key=a%2Fb', '/read?key=a%2Fb', '/read/a%2Fb'])('reads by %s', async (path) => {
    await put({ key: 'a/b', value: 'slashed' });
    expect((await request(single.app).get(path)).body).toEqual({
      key: 'a/b',
      value: 'slashed',
      vc: { node1: 1 },
    });
  });

  it('shows concurrent writes as siblings, the winner first, until a write that has seen both', async () => {
    await put({ key: 'cart', value: 'apples' });
    await replicate({ sender: 'node2', key: 'cart', value: 'pears', vc: { node2: 1 } });
    const { body } = await request(single.app).get('/get').query({ key: 'cart' });
    expect(body.value).toBe('pears');
    expect(body.siblings).toEqual([
      { sender: 'node2', value: 'pears', vc: { node2: 1 } },
      { sender: 'node1', value: 'apples', vc: { node1: 1 } },
    ]);
    await put({ key: 'cart', value: 'both' });
    const after = (await request(single.app).get('/get').query({ key: 'cart' })).body;
    expect(after).toEqual({ key: 'cart', value: 'both', vc: { node1: 2, node2: 1 } });
  });

  it('waits for what the client has seen', async () => {
    const reading = request(single.app)
      .get('/get')
      .query({ key: 'x', vc: '{"node2":1}', wait_ms: 20_000 })
      .then(({ body }) => body);
    await replicate({ sender: 'node2', key: 'x', value: 'seen', vc: { node2: 1 } });
    expect(await reading).toMatchObject({ value: 'seen' });
  });

  it('says what it lacks when that does not come in time', async () => {
    const { status, body } = await request(single.app)
      .get('/get')
      .query({ key: 'x', vc: '{"node2":3}', wait_ms: 10 });
    expect(status).toBe(503);
    expect(body).toMatchObject({ lacking: { node2: 3 }, vc: {} });
  });
});

describe('POST /replicate', () => {
  it('applies what is ready, buffers what is early, and knows doubles', async () => {
    const early = await replicate({ sender: 'node2', key: 'x', value: 2, vc: { node2: 2 } });
    expect(early.status).toBe(202);
    expect(early.body).toEqual({ status: 'buffered', vc: {} });
    const [waiting] = (await state()).buffered;
    expect(waiting).toEqual({ key: 'x', value: 2, sender: 'node2', vector_clock: { node2: 2 } });
    expect((await state()).store).toEqual({});
    const cause = await replicate({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } });
    expect(cause.body).toEqual({ status: 'applied', vc: { node2: 2 } });
    const again = await replicate({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } });
    expect(again.body).toEqual({ status: 'duplicate', vc: { node2: 2 } });
    expect(await state()).toEqual({
      node_id: 'node1',
      store: { x: 2 },
      vector_clock: { node2: 2 },
      buffered: [],
    });
  });

  it('takes a batch, and says what became of each message', async () => {
    const { body } = await replicate([
      { sender: 'node2', key: 'x', value: 2, vc: { node2: 2 } },
      { sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } },
      { sender: 'node3', key: 'y', value: 1, vc: { node2: 3, node3: 1 } },
    ]);
    expect(body).toEqual({
      status: 'buffered',
      statuses: ['buffered', 'applied', 'buffered'],
      vc: { node2: 2 },
    });
  });

  it('takes the writes of a later life of a peer', async () => {
    const { body } = await replicate({ sender: 'node2~k3x9', key: 'x', value: 1, vc: { 'node2~k3x9': 1 } });
    expect(body.status).toBe('applied');
  });

  it('refuses what does not fit its buffer, so that it is sent again', async () => {
    const small = singleNode({ bufferCapacity: 1 });
    await small.node.start();
    const send = (counter: number) =>
      request(small.app)
        .post('/replicate')
        .send({ sender: 'node2', key: 'x', value: 1, vc: { node2: counter } });
    expect((await send(2)).status).toBe(202);
    const refused = await send(3);
    expect(refused.status).toBe(503);
    expect(refused.body.status).toBe('refused');
    await small.node.stop();
  });
});

describe('GET /', () => {
  it('is the heartbeat', async () => {
    await put({ key: 'x', value: 1 });
    await replicate({ sender: 'node2', key: 'x', value: 2, vc: { node2: 2 } });
    expect((await request(single.app).get('/')).body).toEqual({
      node_id: 'node1',
      name: 'node1',
      status: 'ok',
      vector_clock: { node1: 1 },
      heard_of: { node1: 1, node2: 2 },
      pruned: {},
      peers: [
        { id: 'node2', url: 'http://node2:5000' },
        { id: 'node3', url: 'http://node3:5000' },
      ],
      removed: [],
    });
  });
});

describe('a node that has not found its name yet', () => {
  it('is alive, but not ready, and serves neither clients nor peers', async () => {
    const { app } = singleNode();
    expect((await request(app).get('/health')).status).toBe(200);
    expect((await request(app).get('/ready')).status).toBe(503);
    expect((await request(app).get('/')).body.status).toBe('starting');
    expect((await request(app).post('/put').send({ key: 'x', value: 1 })).status).toBe(503);
    expect((await request(app).get('/get').query({ key: 'x' })).status).toBe(503);
    const message = { sender: 'node2', key: 'x', value: 1, vc: { node2: 1 } };
    expect((await request(app).post('/replicate').send(message)).status).toBe(503);
  });
});

describe('GET /metrics', () => {
  it('counts messages by what became of them, and shows clock and buffer', async () => {
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

  it('shows how long a write took to get here, and how long one has waited', async () => {
    await replicate({ sender: 'node2', key: 'x', value: 1, vc: { node2: 1 }, at: Date.now() - 2_000 });
    await replicate({ sender: 'node3', key: 'x', value: 1, vc: { node3: 2 } });
    const text = async () => (await request(single.app).get('/metrics')).text;
    expect(await text()).toContain('kv_delivery_delay_seconds_bucket{le="10"} 1');
    expect(await text()).toContain('kv_delivery_delay_seconds_bucket{le="1"} 0');
    await replicate({ sender: 'node3', key: 'x', value: 1, vc: { node3: 1 } });
    expect(await text()).toContain('kv_oldest_buffered_seconds 0\n');
  });
});
