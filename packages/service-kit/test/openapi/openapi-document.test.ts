import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { type ApiDescription, openApiDocument } from '../../src/openapi/index.ts';
import { VERSION } from '../../src/requests/version.ts';

const api: ApiDescription = {
  title: 'A service',
  description: 'For this test.',
  tags: { Things: 'All of them.' },
  tokens: { key: 'Opens it.' },
  operations: [
    {
      method: 'post',
      path: '/things/{id}',
      id: 'change',
      tag: 'Things',
      summary: 'Change a thing',
      params: z.object({ id: z.string() }),
      query: z.object({ vc: z.object({}).optional() }),
      body: z.object({ size: z.int() }),
      security: ['key'],
      responses: { 200: { description: 'Changed.', schema: z.object({ size: z.int() }) } },
      errors: ['not_found', { status: 409, code: 'idempotency_key_reused' }],
      examples: {
        grow: {
          summary: 'Make it large',
          path: { id: 'a' },
          body: { size: 9 },
          status: 200,
          response: { size: 9 },
        },
      },
    },
    { method: 'get', path: '/', id: 'index', tag: 'Things', summary: 'Look', responses: {} },
  ],
};

const document = openApiDocument(api, '1.2.3');

describe('openApiDocument', () => {
  it('puts each part of an example where it belongs', () => {
    expect(document).toMatchObject({
      info: { version: '1.2.3' },
      paths: {
        '/things/{id}': {
          post: {
            parameters: [
              { name: 'id', in: 'path', required: true, examples: { grow: { value: 'a' } } },
              // An object in a query is JSON.
              { name: 'vc', in: 'query', required: false, content: { 'application/json': {} } },
            ],
            requestBody: { content: { 'application/json': { examples: { grow: { value: { size: 9 } } } } } },
            security: [{ key: [] }],
            responses: {
              200: { content: { 'application/json': { examples: { grow: { value: { size: 9 } } } } } },
            },
          },
        },
      },
    });
  });

  it('lists the errors of an operation beside those that all have', () => {
    const statuses = (path: string, method: string) =>
      Object.keys(Reflect.get(Reflect.get(Reflect.get(document, 'paths'), path), method).responses);
    expect(statuses('/things/{id}', 'post')).toEqual(
      expect.arrayContaining(['401', '403', '404', '409', '415']),
    );
    expect(statuses('/', 'get')).not.toEqual(expect.arrayContaining(['401']));
    // A fault of a service is not a part of what it offers.
    expect(statuses('/', 'get')).not.toContain('500');
  });

  it('writes a response that several operations share once', () => {
    expect(document).toMatchObject({
      paths: { '/': { get: { responses: { 406: { $ref: '#/components/responses/Error406' } } } } },
      components: { responses: { Error406: { description: 'Not acceptable' } } },
    });
  });
});

describe('VERSION', () => {
  it('is the version of the package', () => {
    expect(VERSION).toBe(packageJson.version);
  });
});
