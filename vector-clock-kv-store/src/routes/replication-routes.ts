import { BadRequestError, HttpError, UnavailableError, validate } from '@gridclock/service-kit';
import { Router } from 'express';
import { z } from 'zod';
import { type CausalStore, InstallingError, type ReceivedStatus } from '../causal-store.ts';
import { nameOf } from '../causality/node-id.ts';
import { counterOf } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { batchSchema, writeSchema } from '../messages.ts';
import { NODE_HEADER } from '../replication/http-transport.ts';
import type { NodeTrace } from '../trace/node-trace.ts';
import { EVENT_HEADER } from '../trace/trace-context.ts';
import { servingStore } from './serving.ts';
import { requireToken } from './token.ts';
import { checkValue } from './value-limits.ts';

/** The status of a batch is that of the message that is furthest from being settled. */
const leastSettledFirst: readonly ReceivedStatus[] = ['refused', 'buffered', 'applied', 'duplicate'];

/** What the other nodes use. */
export function replicationRoutes(
  node: ClusterNode,
  token: string | undefined,
  onReceived: (statuses: readonly ReceivedStatus[]) => void,
  trace: NodeTrace | undefined,
): Router {
  const router = Router();
  router.post('/replicate', requireToken(token), async (request, response) => {
    const { body } = request;
    const writes = Array.isArray(body)
      ? validate(batchSchema, body, 'body')
      : [validate(writeSchema, body, 'body')];
    const from = request.get(NODE_HEADER);
    if (from !== undefined && node.directory.isRemoved(nameOf(from))) {
      throw new HttpError(410, `${from} was removed from the cluster`);
    }
    const { store } = node;
    if (store === undefined) throw new UnavailableError('This node is starting', { status: node.status });
    writes.forEach((write, index) => {
      checkMessage(write, Array.isArray(body) ? `${index}.` : '', node, store);
    });
    trace?.received(request.get(EVENT_HEADER), writes);
    const statuses = await store.receive(writes).catch((error: unknown) => {
      if (!(error instanceof InstallingError)) throw error;
      throw new UnavailableError(error.message);
    });
    onReceived(statuses);
    const status = leastSettledFirst.find((candidate) => statuses.includes(candidate));
    const answer = { status, vc: store.clock, ...(Array.isArray(body) ? { statuses } : {}) };
    if (status === 'refused') throw new UnavailableError('The causal buffer is full', answer);
    response.status(202).json(answer);
  });
  router.get('/snapshot', requireToken(token), (request, response) => {
    servingStore(node);
    const { mark } = validate(
      z.object({ mark: z.string('must be given once').optional() }),
      request.query,
      'query',
    );
    response.json(node.snapshot(mark));
  });
  return router;
}

/** All that can be wrong with one message beside its form; nothing of a batch is taken in unless all are right. */
function checkMessage({ sender, value, vc }: Write, at: string, node: ClusterNode, store: CausalStore): void {
  if (!node.directory.knows(sender))
    throw new BadRequestError(`${at}sender`, `${sender} is not a node of this cluster`);
  for (const id of Object.keys(vc)) {
    if (!node.directory.knows(id))
      throw new BadRequestError(`${at}vc.${id}`, 'is not a node of this cluster');
  }
  if (counterOf(vc, store.id) > store.made) {
    throw new BadRequestError(
      `${at}vc.${store.id}`,
      `this node has made ${store.made} writes, not as many as that`,
    );
  }
  checkValue(value, `${at}value`);
}
