import { describe, expect, it } from 'vitest';
import { commonErrors, ownErrors } from '../../src/api-page/common-errors.ts';
import {
  type ApiDocument,
  type ApiResponse,
  operationsOf,
  responsesOf,
} from '../../src/api-page/document.ts';

function errorOf(...codes: string[]): ApiResponse {
  const schema = { allOf: [{ $ref: '#' }, { properties: { code: { enum: codes } } }] };
  return { description: '', content: { 'application/json': { schema } } };
}

const api: ApiDocument = {
  info: { title: '', version: '', description: '' },
  tags: [{ name: 'all', description: '' }],
  paths: {
    '/a': {
      get: {
        operationId: 'a',
        tags: ['all'],
        summary: '',
        responses: { 200: { description: 'Done.' }, 400: errorOf('invalid', 'odd'), 404: errorOf('none') },
      },
      put: {
        operationId: 'b',
        tags: ['all'],
        summary: '',
        responses: { 200: { description: 'Done.' }, 400: errorOf('invalid') },
      },
    },
  },
  components: { responses: {}, securitySchemes: {} },
};

describe('commonErrors', () => {
  it('finds the codes that all operations have', () => {
    expect([...commonErrors(api)]).toEqual([['400', ['invalid']]]);
  });
});

describe('ownErrors', () => {
  it('leaves out what all operations have', () => {
    const own = operationsOf(api, 'all').map((operation) => [
      ...ownErrors(responsesOf(api, operation), commonErrors(api)),
    ]);
    expect(own).toEqual([
      [
        ['400', ['odd']],
        ['404', ['none']],
      ],
      [],
    ]);
  });
});
