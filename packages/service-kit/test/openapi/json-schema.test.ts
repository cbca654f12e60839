import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonSchemaOf } from '../../src/openapi/json-schema.ts';

describe('jsonSchemaOf', () => {
  it('describes what a schema accepts, not what it returns', () => {
    const schema = z.object({ acks: z.int().min(1).default(1), name: z.string().transform(Number) });
    expect(jsonSchemaOf(schema)).toEqual({
      type: 'object',
      properties: {
        acks: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, default: 1 },
        name: { type: 'string' },
      },
      required: ['name'],
    });
  });

  it('takes the form of a check in code from the meta of its schema', () => {
    const even = z
      .custom<number>((value) => Number(value) % 2 === 0)
      .meta({ type: 'integer', multipleOf: 2 });
    expect(jsonSchemaOf(z.object({ even }))).toMatchObject({
      properties: { even: { type: 'integer', multipleOf: 2 } },
    });
  });

  it('describes a list behind a check of its length', () => {
    const list = z
      .custom<unknown[]>((value) => Array.isArray(value) && value.length < 4)
      .pipe(z.array(z.string()))
      .meta({ maxItems: 3 });
    expect(jsonSchemaOf(list)).toEqual({ type: 'array', items: { type: 'string' }, maxItems: 3 });
  });

  it('writes the default of a query as text', () => {
    const since = z.string().transform(Number).default(0);
    expect(jsonSchemaOf(z.object({ since }))).toMatchObject({
      properties: { since: { type: 'string', default: '0' } },
    });
  });
});
