import { fuzzOperation, operationsOf } from '@gridclock/api-test';
import { afterEach, describe, it } from 'vitest';
import { type ServedDocument, serveDocument, wholeNode } from '../../support/served-document.ts';

const TOKEN = 'a token of the cluster of this test';

let served: ServedDocument;
afterEach(() => served.stop());

describe('a node that gets requests made from its document', () => {
  it.each([
    ['without a token', wholeNode],
    ['with a token', { ...wholeNode, token: TOKEN }],
  ])('sends no response that the document lacks, %s', async (_name, options) => {
    served = await serveDocument(options);
    const { document, origin, passTime } = served;
    for (const operation of operationsOf(document))
      await fuzzOperation(origin, operation, {
        document,
        words: ['node1', 'node2', 'node3', 'node9', 'x', 'y'],
        tokens: [TOKEN, 'wrong'],
        numRuns: 15,
        passTime,
      });
  });
});
