import {
  BadRequestError,
  checkNames,
  createRouter,
  type EventLoopTurns,
  inexactNumberOf,
  StreamBudget,
  takeItemTexts,
  VERSION,
  validate,
} from '@gridclock/service-kit';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { STATE_STREAMS } from '../limits.ts';
import {
  batchOptionsSchema,
  batchPutSchema,
  deleteBodySchema,
  deleteSchema,
  getSchema,
  keySchema,
  putSchema,
} from '../messages/client.ts';
import { PROOF_HEADER } from '../messages/peer-authentication.ts';
import { plainPutsIn } from '../messages/plain-write.ts';
import { LIFE_HEADER, NODE_HEADER } from '../replication/headers.ts';
import { type ClientWrite, readKey, writeAll, writeKey } from './client-operations.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { activeFaults, type FaultyLinks } from './fault-routes.ts';
import { sessionOf } from './session.ts';
import { streamState } from './state-stream.ts';
import { checkAcceptedValue } from './value-limits.ts';

/** The query of reads. */
export const readQuerySchema = z.object({ key: keySchema });

/** The routes for clients: writes, reads, and the node's state. @param faultyLinks as `GET /` shows them */
export function clientRoutes(
  node: ClusterNode,
  access: ClusterAccess,
  turns: EventLoopTurns,
  faultyLinks: FaultyLinks = new Map(),
): Router {
  const stateStreams = new StreamBudget(STATE_STREAMS);
  const write = async (request: Request, response: Response, written: ClientWrite, inBody?: VectorClock) => {
    response.json(await writeKey(node, written, sessionOf(request, inBody)));
  };

  const put = (request: Request, response: Response) => {
    const { key, value, vc, acks } = validate(putSchema, request.body, 'body');
    checkAcceptedValue(value, () => 'value');
    refuseInexact(request);
    return write(request, response, { key, value, acks }, vc);
  };

  const get = async (request: Request, response: Response, key: string, inBody?: VectorClock) => {
    response.json(await readKey(node, key, sessionOf(request, inBody)));
  };

  const getByQuery = (request: Request, response: Response, wanted: unknown) =>
    get(request, response, validate(readQuerySchema, { key: wanted }, 'query').key);

  const router = createRouter();
  const readNames = checkNames({ query: ['key', 'vc', 'wait_ms'] });
  const writeNames = checkNames({ body: Object.keys(putSchema.shape), query: ['vc', 'wait_ms'] });
  const deleteNames = checkNames({
    body: Object.keys(deleteBodySchema.shape),
    query: ['key', 'vc', 'acks', 'wait_ms'],
  });
  router.route('/put').post(writeNames, put).put(writeNames, put);
  router.post('/write', writeNames, put);
  const batchNames = checkNames({ body: Object.keys(batchPutSchema.shape), query: ['vc', 'wait_ms'] });
  router.post('/batch', batchNames, async (request, response) => {
    const { writes, vc, acks } = readBatch(request.body);
    const texts = takeItemTexts(writes, request.body);
    writes.forEach(({ value }, index) => {
      checkAcceptedValue(value, () => `writes.${index}.value`);
    });
    refuseInexact(request);
    response.json(await writeAll(node, { writes, acks, texts }, sessionOf(request, vc)));
  });
  router.delete('/delete', deleteNames, (request, response) => {
    if (request.body === undefined) {
      const { key, acks } = validate(deleteSchema, request.query, 'query');
      return write(request, response, { key, value: null, acks });
    }
    if (request.query.key !== undefined || request.query.acks !== undefined)
      throw new BadRequestError('query', 'must not repeat what the body says: send one of them');
    const { key, acks, vc: inBody } = validate(deleteBodySchema, request.body, 'body');
    return write(request, response, { key, value: null, acks }, inBody);
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
    const incompatible = node.incompatiblePeers;
    // Peers, which ask every second, do not need them.
    const faults = requester.name === undefined ? activeFaults(faultyLinks) : [];
    const heartbeat = JSON.stringify({
      node_id: name,
      name,
      clock_id: id,
      status,
      version: VERSION,
      ...(node.readOnly === undefined ? {} : { read_only: node.readOnly }),
      vector_clock: clock,
      heard_of: heardOf,
      ...rest,
      conflicts: node.identities.conflicts.current,
      resolved_conflict: node.identities.conflicts.resolved,
      ...(incompatible.length === 0 ? {} : { incompatible_peers: incompatible }),
      ...(rejected.length === 0 ? {} : { rejected_by_peers: rejected }),
      ...(faults.length === 0 ? {} : { faults }),
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

/** Returns the batch in a body. @throws BadRequestError if it is not well-formed */
function readBatch(body: unknown): z.output<typeof batchPutSchema> {
  const writes = plainPutsIn(body);
  return writes === undefined
    ? validate(batchPutSchema, body, 'body')
    : { ...validate(batchOptionsSchema, body, 'body'), writes };
}

/** Refuses a body with a number that would be stored as another one. */
function refuseInexact(request: Request): void {
  const inexact = inexactNumberOf(request);
  if (inexact === undefined) return;
  const { field, number } = inexact;
  const remedy = field === 'value' || field === 'writes' ? '; send a string' : '';
  throw new BadRequestError(field, `holds ${number}, which double precision cannot keep${remedy}`);
}
