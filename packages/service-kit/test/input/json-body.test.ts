import express, { type ErrorRequestHandler } from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { jsonBody } from '../../src/input/json-body.ts';
import { HttpError } from '../../src/problems/errors.ts';

/** An app that returns the bodies that it parses, and notes what it handles. */
function echo() {
  const handled: string[] = [];
  const app = express();
  app.use(jsonBody(1_000_000));
  app.post('/', (incoming, response) => {
    handled.push('body');
    response.json(incoming.body ?? 'none');
  });
  const report: ErrorRequestHandler = (error, _request, response, _next) => {
    if (error instanceof HttpError) response.status(error.status).json(error.body);
    else response.status(500).end();
  };
  return { app: app.use(report), handled };
}

describe('jsonBody', () => {
  it('parses an object', async () => {
    const { body } = await request(echo().app)
      .post('/')
      .send({ key: 'ä', value: [1] });
    expect(body).toEqual({ key: 'ä', value: [1] });
  });

  it.each([
    ['{"a":1,"a":2}', 400, 'a: is given twice'],
    ['7', 400, 'body: is not valid JSON; send an object, such as {"key":"value"}'],
    ['{"a":', 400, 'body: is not valid JSON; send an object, such as {"key":"value"}'],
    ['['.repeat(10_001), 400, 'body: is nested more than 10000 levels deep'],
  ])('refuses %.9s', async (text, status, error) => {
    const response = await request(echo().app).post('/').type('json').send(text);
    expect({ status: response.status, error: response.body.error }).toEqual({ status, error });
  });

  it('names a long field in a short response', async () => {
    const name = 'n'.repeat(100_000);
    const { status, text } = await request(echo().app)
      .post('/')
      .type('json')
      .send(`{"${name}":1,"${name}":2}`);
    expect({ status, isShort: text.length < 1_000 }).toEqual({ status: 400, isShort: true });
  });

  it('accepts UTF-8 only, with or without a byte order mark', async () => {
    const post = (charset: string) =>
      request(echo().app)
        .post('/')
        .set('content-type', `application/json; charset=${charset}`)
        .send('\ufeff{"a":1}');
    expect((await post('UTF-8')).body).toEqual({ a: 1 });
    expect((await post('utf-16')).status).toBe(415);
  });

  it('leaves bodies that are no JSON alone', async () => {
    expect((await request(echo().app).post('/').type('text').send('{}')).body).toBe('none');
    expect((await request(echo().app).post('/')).body).toBe('none');
  });

  it('handles one large body per turn of the event loop', async () => {
    const { app, handled } = echo();
    const server = app.listen(0, '127.0.0.1');
    const large = JSON.stringify({ value: 'v'.repeat(500_000) });
    const bodies = Array.from({ length: 20 }, () => request(server).post('/').type('json').send(large));
    let done = false;
    const everyTurn = async () => {
      while (!done) {
        await new Promise((resolve) => setImmediate(resolve));
        handled.push('|');
      }
    };
    const turns = everyTurn();
    await Promise.all(bodies);
    done = true;
    await turns;
    server.close();
    expect(handled.filter((what) => what === 'body')).toHaveLength(20);
    expect(handled.join('')).not.toContain('bodybody');
  });
});
