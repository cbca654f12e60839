import { type ApiDocument, readDocument, type ServedApp, serveApp } from '@gridclock/api-test';
import { createNodeApp, type NodeApp, type NodeAppOptions } from './node-app.ts';

/** A node on a port of this host, and the document that it serves. */
export type ServedDocument = NodeApp & {
  origin: string;
  document: ApiDocument;
  passTime: () => Promise<unknown>;
  stop: () => Promise<void>;
};

/** What the peers of a live page respond to the requests that it passes on. */
const peerResponses: Readonly<Record<string, object>> = {
  '/put': { status: 'ok', vc: { node2: 1 } },
  '/get': { key: 'x', value: 1, vc: { node2: 1 } },
  '/delete': { status: 'ok', vc: { node2: 2 } },
  '/faults': { links: [{ peer: 'node3', faults: [{ action: 'cut', remaining_s: 1 }] }] },
};

/** A node with all optional parts. */
export const wholeNode: NodeAppOptions = {
  faults: true,
  askPeer: async (_peer, { path }) => ({ status: 200, data: peerResponses[path] }),
};

/** Serves `node1` and reads its document. */
export async function serveDocument(options: NodeAppOptions): Promise<ServedDocument> {
  const created = createNodeApp(options);
  await created.node.start();
  const served: ServedApp = await serveApp(created.app);
  return {
    ...created,
    origin: served.origin,
    document: await readDocument(served.origin),
    passTime: () => created.clock.advanceAsync(100),
    stop: async () => {
      await served.close();
      await created.node.stop();
    },
  };
}
