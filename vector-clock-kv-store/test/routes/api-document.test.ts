import {
  checkExamples,
  checkLinks,
  documentedRoutes,
  findInvalidParts,
  operationsOf,
  operationsWithoutExample,
  routesOf,
} from '@gridclock/api-test';
import { afterEach, describe, expect, it } from 'vitest';
import type { NodeAppOptions } from '../support/node-app.ts';
import { type ServedDocument, serveDocument, wholeNode } from '../support/served-document.ts';

const TOKEN = 'a token of the cluster of this test';

const nodes: [name: string, options: NodeAppOptions][] = [
  ['with all its parts', wholeNode],
  ['with a token', { ...wholeNode, token: TOKEN }],
  ['without faults and page', {}],
];

let served: ServedDocument;
afterEach(() => served.stop());

describe('GET /openapi.json', () => {
  it.each(nodes)('describes every route of a node, and no other, %s', async (_name, options) => {
    served = await serveDocument(options);
    expect(documentedRoutes(served.document)).toEqual(routesOf(served.app));
  });

  it.each(nodes)('shows examples that a node responds to so, %s', async (_name, options) => {
    served = await serveDocument(options);
    const { document, origin, passTime } = served;
    const tokens = { clusterToken: TOKEN };
    const { problems } = await checkExamples(origin, document, { tokens, passTime });
    expect(problems).toEqual([]);
  });

  it.each(nodes)('is valid OpenAPI 3.1, with an example of each operation, %s', async (_name, options) => {
    served = await serveDocument(options);
    expect(await findInvalidParts(served.document)).toEqual([]);
    expect(operationsWithoutExample(served.document)).toEqual([]);
  });

  it.each(nodes)('has links that lead where they say, %s', async (_name, options) => {
    served = await serveDocument(options);
    const { document, origin, passTime } = served;
    const tokens = { clusterToken: TOKEN };
    const { names, problems } = await checkLinks(origin, document, { tokens, passTime });
    expect(problems).toEqual([]);
    expect(names.length).toBeGreaterThan(5);
  });

  it('asks for no token where the cluster has none', async () => {
    served = await serveDocument(wholeNode);
    expect(operationsOf(served.document).filter(({ security }) => security.length > 0)).toEqual([]);
  });

  it('names the routes that need the token of the cluster', async () => {
    served = await serveDocument({ ...wholeNode, token: TOKEN });
    const secured = operationsOf(served.document).filter(({ security }) => security.length > 0);
    expect(secured.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['replicate', 'snapshot', 'faults', 'addMember', 'claim']),
    );
  });
});
