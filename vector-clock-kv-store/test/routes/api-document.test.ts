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
import { z } from 'zod';
import type { NodeAppOptions } from '../support/node-app.ts';
import { type ServedDocument, serveDocument, wholeNode } from '../support/served-document.ts';

const TOKEN = 'a token of the cluster of this test';

const nodes: [name: string, options: NodeAppOptions][] = [
  ['with all its parts', wholeNode],
  ['with a token', { ...wholeNode, token: TOKEN }],
  ['without faults and page', {}],
];

/** The schema of an error response. */
const errorSchema = z.object({
  allOf: z.tuple([
    z.unknown(),
    z.object({ properties: z.object({ code: z.object({ enum: z.array(z.string()) }) }) }),
  ]),
});

/** The documented errors of an operation: `409 conflict`. */
function codesOf(operation: ReturnType<typeof operationsOf>[number] | undefined): string[] {
  return [...(operation?.responses ?? [])].flatMap(([status, { content }]) => {
    const parsed = errorSchema.safeParse(content?.['application/json']?.schema);
    return parsed.success ? parsed.data.allOf[1].properties.code.enum.map((code) => `${status} ${code}`) : [];
  });
}

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

  it.each(nodes.slice(0, 2))(
    'names all errors that a peer may respond to the page with, %s',
    async (_name, options) => {
      served = await serveDocument(options);
      const operations = new Map(operationsOf(served.document).map((operation) => [operation.id, operation]));
      const pairs = [
        ['uiPut', 'put'],
        ['uiGet', 'getByPost'],
        ['uiDelete', 'delete'],
        ['uiFaults', 'injectFault'],
      ] as const;
      for (const [relayed, there] of pairs)
        expect(codesOf(operations.get(relayed)), relayed).toEqual(
          expect.arrayContaining(codesOf(operations.get(there))),
        );
      // Of a peer without faults.
      expect(codesOf(operations.get('uiFaults'))).toContain('404 not_found');
    },
  );

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
