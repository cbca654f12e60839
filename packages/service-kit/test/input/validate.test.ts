import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { validate } from '../../src/input/validate.ts';
import { HttpError } from '../../src/problems/errors.ts';

function problemOf(schema: z.ZodType, value: unknown): Record<string, unknown> {
  try {
    validate(schema, value, 'body');
  } catch (error) {
    if (error instanceof HttpError) return { ...error.body };
    throw error;
  }
  throw new Error('the value is valid');
}

const schema = z.object({
  key: z.string('a key must be a string'),
  count: z.int().min(1).max(5).optional(),
  kind: z.enum(['a', 'b', 'c']).optional(),
  exact: z.literal('x').optional(),
  flag: z.boolean().optional(),
  tags: z.array(z.string()).max(2).optional(),
  name: z.string().min(2).optional(),
  nested: z.strictObject({ one: z.number() }).optional(),
  either: z.union([z.number(), z.boolean()]).optional(),
});

describe('an invalid value', () => {
  it.each([
    [{}, 'key: is required'],
    [{ key: 1 }, 'key: a key must be a string'],
    [{ key: null }, 'key: a key must be a string'],
    [{ key: 'k', count: '1' }, 'count: must be a number'],
    [{ key: 'k', count: 1.5 }, 'count: must be a whole number'],
    [{ key: 'k', count: 0 }, 'count: must be at least 1'],
    [{ key: 'k', count: 6 }, 'count: must be at most 5'],
    [{ key: 'k', kind: 'd' }, 'kind: must be a, b or c'],
    [{ key: 'k', exact: 'y' }, 'exact: must be x'],
    [{ key: 'k', flag: 'yes' }, 'flag: must be true or false'],
    [{ key: 'k', tags: 'x' }, 'tags: must be a list'],
    [{ key: 'k', tags: ['a', 'b', 'c'] }, 'tags: must have at most 2 elements'],
    [{ key: 'k', tags: [1] }, 'tags.0: must be a string'],
    [{ key: 'k', name: 'x' }, 'name: must have at least 2 characters'],
    [{ key: 'k', nested: {} }, 'nested.one: is required'],
    [{ key: 'k', nested: { one: 1, two: 2 } }, 'nested.two: is not known'],
    [{ key: 'k', nested: [] }, 'nested: must be an object'],
    [{ key: 'k', either: 'x' }, 'either: is not valid'],
    [[], 'body: must be a JSON object, sent as application/json'],
    [undefined, 'body: must be a JSON object, sent as application/json'],
  ])('is described in plain words: %j', (value, error) => {
    expect(problemOf(schema, value).error).toBe(error);
  });

  it("is never described in the library's words", () => {
    const anything = fc.dictionary(
      fc.constantFrom(...Object.keys(schema.shape)),
      fc.anything({ withNullPrototype: false }),
    );
    fc.assert(
      fc.property(anything, (value) => {
        fc.pre(!schema.safeParse(value).success);
        expect(JSON.stringify(problemOf(schema, value))).not.toMatch(
          /invalid input|expected|received|too (big|small)/i,
        );
      }),
    );
  });
});
