import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { completeProblems } from '../../src/problems/problem.ts';

/** An app that sends a value at `/`, with or without this package's way to send JSON. */
function sending(value: unknown, status: number, isFast: boolean) {
  const app = express().disable('etag');
  if (isFast) completeProblems(app);
  app.use((_request, response) => {
    response.status(status).json(value);
  });
  return app;
}

describe('a JSON response', () => {
  it.each([
    ['GET', { text: 'ä', list: [1, null], nothing: undefined }, 200, {}],
    ['POST', [], 202, {}],
    ['GET', null, 200, {}],
    ['GET', undefined, 200, {}],
    ['HEAD', { a: 1 }, 200, {}],
    ['GET', { a: 1 }, 204, {}],
    ['GET', { a: 1 }, 200, { 'if-none-match': '*' }],
    ['GET', { text: 'v'.repeat(100_000) }, 200, {}],
  ] as const)('is the one that Express sends: %s %j %d', async (method, value, status, headers) => {
    const responses = await Promise.all(
      [true, false].map((isFast) => {
        const sent = request(sending(value, status, isFast));
        return (method === 'POST' ? sent.post('/') : method === 'HEAD' ? sent.head('/') : sent.get('/')).set(
          headers,
        );
      }),
    );
    const [fast, byExpress] = responses.map(({ status, text, headers: { date: _, ...others } }) => ({
      status,
      text,
      headers: others,
    }));
    expect(fast).toEqual(byExpress);
  });
});
