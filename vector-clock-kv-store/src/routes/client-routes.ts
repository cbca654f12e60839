import {
  BadRequestError,
  checkNames,
  createRouter,
  type EventLoopTurns,
  HttpError,
  inexactNumberOf,
  validate,
} from '@gridclock/service-kit';
import { OverBudgetError } from '@gridclock/service-kit/budget';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import { memoryBytes } from '../causality/memory-size.ts';
import { counterOf, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Value } from '../causality/write.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { STATE_STREAMS } from '../limits.ts';
import { deleteBodySchema, deleteSchema, getSchema, keySchema, putSchema } from '../messages/client.ts';
import { PROOF_HEADER } from '../messages/peer-authentication.ts';
import { LIFE_HEADER, NODE_HEADER } from '../replication/headers.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { activeFaults, type FaultyLinks } from './fault-routes.ts';
import { serving } from './serving.ts';
import { contextBody, contextOf, inSession, sessionOf } from './session.ts';
import { streamState } from './state-stream.ts';
import { StreamBudget } from './stream-budget.ts';
import { checkAcceptedValue } from './value-limits.ts';

type WriteRequest = { key: string; value: Value | null; inBody: VectorClock | undefined; acks: number };

/** The routes for clients: writes, reads, and the node's state. @param faultyLinks as `GET /` shows them */
export function clientRoutes(
  node: ClusterNode,
  access: ClusterAccess,
  turns: EventLoopTurns,
  faultyLinks: FaultyLinks = new Map(),
): Router {
  const stateStreams = new StreamBudget(STATE_STREAMS);
  const write = async (request: Request, response: Response, { key, value, inBody, acks }: WriteRequest) => {
    const context = contextOf(request, inBody) ?? zeroClock;
    const { store, replicator } = serving(node);
    const { size } = node.directory;
    if (acks > size) throw new BadRequestError('acks', `must be at most ${size}, the number of nodes`);
    const session = sessionOf(request, context, node, store);
    const vc = await inSession(async () => {
      node.checkLogRoom();
      return store.put(key, value, session);
    });
    const counter = counterOf(vc, store.id);
    let budget: string | undefined;
    const storedOn = await replicator
      .storedOn(counter, acks, session.waitMs, memoryBytes(value))
      .catch((error: unknown) => {
        if (!(error instanceof OverBudgetError)) throw error;
        budget = error.budget;
        return replicator.copies(counter);
      });
    if (storedOn >= acks) response.json({ status: 'ok', ...contextBody(context, vc) });
    else
      throw new HttpError(503, 'The write was made, but too few nodes have stored it yet; do not repeat it', {
        code: 'too_few_copies',
        vc,
        stored_on: storedOn,
        acks,
        ...(budget === undefined ? {} : { budget }),
      });
  };

  const put = (request: Request, response: Response) => {
    const { key, value, vc: inBody, acks } = validate(putSchema, request.body, 'body');
    checkAcceptedValue(value, 'value');
    const inexact = inexactNumberOf(request);
    if (inexact !== undefined)
      throw new BadRequestError(
        inexact.field,
        `holds ${inexact.number}, which double precision cannot keep${inexact.field === 'value' ? '; send a string' : ''}`,
      );
    return write(request, response, { key, value, inBody, acks });
  };

  const get = async (request: Request, response: Response, key: string, inBody?: VectorClock) => {
    const context = contextOf(request, inBody) ?? zeroClock;
    const { store } = serving(node);
    const session = sessionOf(request, context, node, store);
    const { versions, vc } = await inSession(() => store.get(key, session));
    response.json({
      key,
      value: versions[0]?.value ?? null,
      ...contextBody(context, vc),
      ...(versions.length > 1 ? { siblings: versions } : {}),
    });
  };

  const getByQuery = (request: Request, response: Response, wanted: unknown) =>
    get(request, response, validate(z.object({ key: keySchema }), { key: wanted }, 'query').key);

  const router = createRouter();
  const readNames = checkNames({ query: ['key', 'vc', 'wait_ms'] });
  const writeNames = checkNames({ body: Object.keys(putSchema.shape), query: ['vc', 'wait_ms'] });
  const deleteNames = checkNames({
    body: Object.keys(deleteBodySchema.shape),
    query: ['key', 'vc', 'acks', 'wait_ms'],
  });
  router.route('/put').post(writeNames, put).put(writeNames, put);
  router.post('/write', writeNames, put);
  router.delete('/delete', deleteNames, (request, response) => {
    if (request.body === undefined) {
      const { key, acks } = validate(deleteSchema, request.query, 'query');
      return write(request, response, { key, value: null, inBody: undefined, acks });
    }
    if (request.query.key !== undefined || request.query.acks !== undefined)
      throw new BadRequestError('query', 'must not repeat what the body says: send one of them');
    const { key, acks, vc: inBody } = validate(deleteBodySchema, request.body, 'body');
    return write(request, response, { key, value: null, inBody, acks });
  });
  const getNames = checkNames({ body: Object.keys(getSchema.shape), query: ['vc', 'wait_ms'] });
  router.post('/get', getNames, (request, response) => {
    const { key, vc } = validate(getSchema, request.body, 'body');
    return get(request, response, key, vc);
  });
  router.get('/get', readNames, (request, response) => getByQuery(request, response, request.query.key));
  router.get('/read', readNames, (request, response) => getByQuery(request, response, request.query.key));
  router.get('/read/:key', readNames, (request, response) =>
    getByQuery(request, response, request.params.key),
  );
  router.get('/', (request, response) => {
    const requester = { name: request.get(NODE_HEADER), life: request.get(LIFE_HEADER) };
    const { name, id, status, clock, heardOf, ...rest } = node.heartbeat(requester);
    const rejected = node.replicator?.rejected() ?? [];
    const faults = activeFaults(faultyLinks);
    const heartbeat = JSON.stringify({
      node_id: name,
      name,
      clock_id: id,
      status,
      ...(node.readOnly === undefined ? {} : { read_only: node.readOnly }),
      vector_clock: clock,
      heard_of: heardOf,
      ...rest,
      conflicts: node.identities.conflicts.current,
      resolved_conflict: node.identities.conflicts.resolved,
      ...(rejected.length === 0 ? {} : { rejected_by_peers: rejected }),
      // Peers do not need them.
      ...(faults.length === 0 || requester.name !== undefined ? {} : { faults }),
    });
    const proof = access.prove(request, heartbeat);
    if (proof !== undefined) response.set(PROOF_HEADER, proof);
    response.type('json').send(heartbeat);
  });
  router.get('/state', async (request, response) => {
    stateStreams.open(response);
    if (request.method === 'HEAD') response.type('json').end();
    else await streamState(response, node, turns);
  });
  return router;
}
