import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import express, { type ErrorRequestHandler } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { rawJson } from '../../src/input/raw-body.ts';

function echo() {
  const app = express();
  app.use(rawJson(100));
  app.use((incoming, response) => {
    response.send(Buffer.isBuffer(incoming.body) ? incoming.body.toString() : 'none');
  });
  const report: ErrorRequestHandler = (error, _request, response, _next) => {
    response.status(error.status).send(error.type);
  };
  return app.use(report);
}

describe('rawJson', () => {
  it('reads a body that arrives in parts', async () => {
    const server = echo().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const head =
      'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n';
    for (const part of [head, 'Content-Length: 7\r\n\r\n{"a', '":', '1}']) {
      client.write(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await text(client)).toMatch(/\r\n\r\n\{"a":1\}$/);
    server.close();
  });

  it('leaves nothing of a body on its request, which an idle connection keeps', async () => {
    const app = express();
    const answered: express.Request[] = [];
    app.use(rawJson(100), (incoming, response) => {
      answered.push(incoming);
      response.send('');
    });
    await request(app).post('/').send({ a: 1 }).expect(200);
    expect(answered.map((incoming) => incoming.listenerCount('data'))).toEqual([0]);
  });

  it.each([
    ['the largest body', 'application/json', `"${'v'.repeat(98)}"`, 200, `"${'v'.repeat(98)}"`],
    ['a larger one', 'application/json', `"${'v'.repeat(99)}"`, 413, 'entity.too.large'],
    ['an empty one', 'application/json', '', 200, ''],
    ['a type with parameters', 'application/json; charset=utf-8', '{}', 200, '{}'],
    ['another type', 'text/plain', '{}', 200, 'none'],
  ])('handles %s', async (_, type, body, status, answer) => {
    const response = await request(echo()).post('/').set('content-type', type).send(body);
    expect({ status: response.status, text: response.text }).toEqual({ status, text: answer });
  });

  it('inflates a compressed body within the limit', async () => {
    const post = (body: string) =>
      request(echo())
        .post('/')
        .set({ 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .serialize((value) => value)
        .send(gzipSync(body));
    expect((await post('{"a":1}')).text).toBe('{"a":1}');
    expect((await post(`"${'v'.repeat(1_000)}"`)).status).toBe(413);
  });
});
