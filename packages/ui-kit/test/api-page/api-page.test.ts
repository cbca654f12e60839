import { describe, expect, it } from 'vitest';
import { curlOf, examplesOf } from '../../src/api-page/curl.ts';
import { codesOf, type Placed } from '../../src/api-page/document.ts';
import { describeType, rowsOf } from '../../src/api-page/format-schema.ts';

const operation: Placed = {
  operationId: 'read',
  tags: [],
  summary: 'Read',
  method: 'POST',
  path: '/read/{key}',
  parameters: [
    { name: 'key', in: 'path', examples: { first: { value: 'a b' } } },
    { name: 'wait_ms', in: 'query', examples: { first: { value: 5 } } },
  ],
  requestBody: { content: { 'application/json': { examples: { first: { value: { name: "it's" } } } } } },
  responses: {},
};

describe('describeType', () => {
  it.each([
    [{ type: 'string', minLength: 1, maxLength: 9 }, 'string, 1 to 9 characters'],
    [{ type: 'integer', minimum: 1, default: 1 }, 'integer, from 1, default 1'],
    [{ enum: ['low', 'high'] }, '"low" | "high"'],
    [{ type: 'array', items: { type: 'string' } }, 'list of string'],
    [{ type: 'object', additionalProperties: { type: 'integer', minimum: 0 } }, 'object of integer, from 0'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{}, 'any JSON'],
  ])('says %j as %s', (schema, text) => {
    expect(describeType(schema)).toBe(text);
  });
});

describe('rowsOf', () => {
  it('names the members of objects in lists by their path', () => {
    const schema = {
      type: 'array',
      items: { type: 'object', required: ['key'], properties: { key: { type: 'string' }, vc: {} } },
    };
    expect(rowsOf(schema).map(({ isRequired, name }) => [name, isRequired])).toEqual([
      ['[].key', true],
      ['[].vc', false],
    ]);
  });

  it('ends where a schema contains itself without end', () => {
    const schema: { type: string; properties: { self?: object } } = { type: 'object', properties: {} };
    schema.properties.self = schema;
    expect(rowsOf(schema).at(-1)?.name).toBe('self.self.self');
  });
});

describe('curlOf', () => {
  it('fills in the path, the query and the body, quoted for a shell', () => {
    expect(curlOf(operation, 'first', 'http://localhost:5000')).toBe(
      [
        "curl -X POST 'http://localhost:5000/read/a%20b?wait_ms=5'",
        "-H 'Content-Type: application/json'",
        `-d '{"name":"it'\\''s"}'`,
      ].join(' \\\n  '),
    );
    expect(examplesOf(operation)).toEqual(['first']);
  });
});

describe('codesOf', () => {
  it('reads the codes of an error response', () => {
    const schema = { allOf: [{ $ref: '#' }, { properties: { code: { enum: ['not_found', 'gone'] } } }] };
    expect(codesOf({ description: '', content: { 'application/json': { schema } } })).toEqual([
      'not_found',
      'gone',
    ]);
  });
});
