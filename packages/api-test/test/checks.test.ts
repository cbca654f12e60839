import { type ApiDescription, openApiDocument } from '@gridclock/service-kit/openapi';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type ApiDocument,
  checkExamples,
  checkLinks,
  findInvalidParts,
  operationsWithoutExample,
  readDocument,
  type ServedApp,
  serveApp,
} from '../src/index.ts';

type Operations = ApiDescription['operations'];

const thing = z.object({ id: z.string() });

const operations: Operations = [
  {
    method: 'post',
    path: '/things',
    id: 'make',
    tag: 'Things',
    summary: 'Make a thing',
    body: thing,
    responses: { 200: { description: 'Made.', schema: thing } },
    links: { read: { to: 'read', description: 'Read it.', parameters: { id: '$response.body#/id' } } },
    examples: { a: { summary: 'a', body: { id: 'a' }, status: 200, response: { id: 'a' } } },
  },
  {
    method: 'get',
    path: '/things/{id}',
    id: 'read',
    tag: 'Things',
    summary: 'Read a thing',
    params: thing,
    responses: { 200: { description: 'It.', schema: thing } },
  },
];

let served: ServedApp;
afterEach(() => served.close());

/** Serves what the operations describe, except for what an `answer` replaces. */
async function serve(described: Operations, answer: object = { id: 'a' }): Promise<ApiDocument> {
  const api = {
    title: 'Things',
    description: 'Of this test.',
    tags: { Things: 'All.' },
    operations: described,
  };
  const app = express().use(express.json());
  app.get('/openapi.json', (_request, response) => {
    response.json(openApiDocument(api, '1.0.0'));
  });
  app.post('/things', (_request, response) => {
    response.json(answer);
  });
  app.get('/things/a', (_request, response) => {
    response.json({ id: 'a' });
  });
  served = await serveApp(app);
  return readDocument(served.origin);
}

/** Replaces the example of the first operation. */
function withExample(example: { body?: unknown; response?: unknown }): Operations {
  const [make, ...others] = operations;
  if (make?.examples?.a === undefined) throw new Error('there is no example');
  return [{ ...make, examples: { a: { ...make.examples.a, ...example } } }, ...others];
}

describe('the checks of a document', () => {
  it('accept one that says what the service does', async () => {
    const document = await serve(operations);
    expect(await findInvalidParts(document)).toEqual([]);
    expect(await checkExamples(served.origin, document)).toEqual({ names: ['make, a'], problems: [] });
    expect(await checkLinks(served.origin, document)).toEqual({ names: ['make, a: read'], problems: [] });
    expect(operationsWithoutExample(document)).toEqual(['read']);
  });

  it('find an example of another form than the schema', async () => {
    const document = await serve(withExample({ body: { id: 1 } }));
    expect(await findInvalidParts(document)).toEqual([expect.stringContaining('examples/a/value/id')]);
  });

  it('find a path that lacks its parameter, and an id that is used twice', async () => {
    const [make, read] = operations;
    if (make === undefined || read === undefined) throw new Error('there are no operations');
    const { params: _, ...withoutParams } = read;
    const document = await serve([make, { ...withoutParams, id: 'make' }]);
    const found = (await findInvalidParts(document)).join('\n');
    expect(found).toContain('path-parameters-defined');
    expect(found).toContain('operation-operationId-unique');
  });

  it('find a response that the document does not show', async () => {
    const document = await serve(withExample({ response: { id: 'b' } }));
    const { problems } = await checkExamples(served.origin, document);
    expect(problems).toEqual([expect.stringContaining('another response at $.id')]);
  });

  it('find a response of another form', async () => {
    const document = await serve(operations, { id: 1 });
    const { problems } = await checkExamples(served.origin, document);
    expect(problems).toEqual([expect.stringContaining('has another form')]);
  });

  it('find a link that leads nowhere', async () => {
    const document = await serve(operations, { id: 'b' });
    const { problems } = await checkLinks(served.origin, document);
    expect(problems).toEqual([expect.stringContaining('status 404')]);
  });
});
