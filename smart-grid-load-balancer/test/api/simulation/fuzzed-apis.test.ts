import { fuzzOperation, operationsOf } from '@gridclock/api-test';
import { afterEach, describe, it } from 'vitest';
import { ADMIN_TOKEN, type ServedDocument, serveDocument, services } from '../../support/served-documents.ts';

let served: ServedDocument;
afterEach(() => served.stop());

describe.each(Object.entries(services))('%s that gets requests made from its document', (_name, start) => {
  it('sends no response that the document lacks', async () => {
    served = await serveDocument(start);
    const { document, origin, passTime } = served;
    for (const operation of operationsOf(document))
      await fuzzOperation(origin, operation, {
        document,
        words: ['a', 'b', 'a~1', 'EV_1000', 'r1', 's1~1'],
        tokens: [ADMIN_TOKEN, `session_${'a'.repeat(43)}`, 'wrong'],
        numRuns: 15,
        ...(passTime === undefined ? {} : { passTime }),
      });
  });
});
