import express from 'express';
import fc from 'fast-check';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { editDistance, meantName } from '../../src/input/misspelled.ts';
import { checkNames } from '../../src/input/unknown-fields.ts';
import { HttpError } from '../../src/problems/errors.ts';

const known = [
  'key',
  'value',
  'vc',
  'acks',
  'wait_ms',
  'vehicle_id',
  'charge_amount',
  'priority',
  'request_id',
];

describe('a name', () => {
  it.each([
    ['valeu', 'value'],
    ['ack', 'acks'],
    ['kye', 'key'],
    ['Key', 'key'],
    ['VC', 'vc'],
    ['vehicleId', 'vehicle_id'],
    ['charge-amount', 'charge_amount'],
    ['prioritty', 'priority'],
    ['wait', 'wait_ms'],
    ['requestId', 'request_id'],
  ])('%s was meant to be %s', (unknown, meant) => {
    expect(meantName(unknown, known)).toBe(meant);
  });

  it.each(['ttl', 'v', 'timestamp', 'id', '_', '', 'colour', 'x'.repeat(1_000_000)])(
    '%.20s is another one',
    (unknown) => {
      expect(meantName(unknown, known)).toBeUndefined();
    },
  );

  it('was only meant to be one that is missing', () => {
    expect(meantName('valeu', ['vc'])).toBeUndefined();
  });
});

describe('the edit distance', () => {
  const text = fc.stringMatching(/^[ab]{0,6}$/);

  it('counts insertions, deletions, substitutions and swaps', () => {
    expect(editDistance('valeu', 'value')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
  });

  it('is zero for equal texts only, and symmetric', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe("a client's fields", () => {
  const app = express();
  app.use(express.json());
  app.use(checkNames({ body: ['key', 'acks'], query: ['wait_ms'] }), (_request, response) => {
    response.json({});
  });
  app.use(((error, _request, response, _next) => {
    response.status(error instanceof HttpError ? error.status : 500).json(error.body);
  }) satisfies express.ErrorRequestHandler);

  it('are named where they were probably meant to be others', async () => {
    const body = await request(app).post('/').send({ key: 1, ack: 2 });
    expect(body).toMatchObject({
      status: 400,
      body: { field: 'ack', error: 'ack: is not known; did you mean acks?' },
    });
    const query = await request(app).post('/?wait-ms=5').send({ key: 1 });
    expect(query).toMatchObject({ status: 400, body: { field: 'wait-ms' } });
  });

  it('are ignored and named in a header where they are others', async () => {
    const { status, headers } = await request(app).post('/?a=1').send({ key: 1, ttl: 60, 'größe,\r\n': 1 });
    expect({ status, ignored: headers['ignored-fields'] }).toEqual({
      status: 200,
      ignored: 'ttl, gr%C3%B6%C3%9Fe%2C%0D%0A, a',
    });
    expect((await request(app).post('/').send({ key: 1, acks: 2 })).headers).not.toHaveProperty(
      'ignored-fields',
    );
    expect((await request(app).post('/').send([1])).status).toBe(200);
  });

  it('make a small header, however many they are', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`${index}-${'\ud800'.repeat(9)}`, 1]),
    );
    const { headers } = await request(app).post('/').send(many);
    expect(headers['ignored-fields']).toMatch(/, \.\.\.$/);
    expect(headers['ignored-fields']?.length).toBeLessThan(3_000);
  });
});
