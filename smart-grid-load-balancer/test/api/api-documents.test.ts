import {
  checkExamples,
  checkLinks,
  documentedRoutes,
  findInvalidParts,
  operationsWithoutExample,
  routesOf,
} from '@gridclock/api-test';
import { afterEach, describe, expect, it } from 'vitest';
import { type ServedDocument, serveDocument, services } from '../support/served-documents.ts';

let served: ServedDocument;
afterEach(() => served.stop());

describe.each(Object.entries(services))('GET /openapi.json of %s', (_name, start) => {
  it('describes every route, and no other', async () => {
    served = await serveDocument(start);
    expect(documentedRoutes(served.document)).toEqual(routesOf(served.app));
  });

  it('is valid OpenAPI 3.1, with an example of each operation', async () => {
    served = await serveDocument(start);
    expect(await findInvalidParts(served.document)).toEqual([]);
    expect(operationsWithoutExample(served.document)).toEqual([]);
  });

  it('shows examples that the service responds to so', async () => {
    served = await serveDocument(start);
    const { problems } = await checkExamples(served.origin, served.document, served);
    expect(problems).toEqual([]);
  });

  it('has links that lead where they say', async () => {
    served = await serveDocument(start);
    const { problems } = await checkLinks(served.origin, served.document, served);
    expect(problems).toEqual([]);
  });
});

describe.each(Object.entries(services))('GET / of %s', (_name, start) => {
  it('responds with JSON to any client, and leads a browser to a page', async () => {
    served = await serveDocument(start);
    const any = await fetch(`${served.origin}/`);
    expect(await any.json()).toMatchObject({ openapi: '/openapi.json', docs: '/docs' });
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const browser = await fetch(`${served.origin}/`, { headers, redirect: 'manual' });
    expect(browser.status).toBe(302);
    expect(browser.headers.get('location')).toMatch(/^(docs|ui)$/);
  });
});
